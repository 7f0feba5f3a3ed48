//! Schemas: what may be written, what is filled in, and how a change is planned.
//!
//! A schema is plain data. Terraform gets the part of it that its protocol knows; defaults,
//! validators and plan rules stay here and are carried out by [`super::plan`] and
//! [`super::validate`].

use std::collections::BTreeMap;
use std::fmt;

use super::types::Type;
use super::validators::Validator;
use super::value::Value;

/// The schema of a resource, data source or provider block.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The version of the state's shape; a state of a lower one is upgraded.
    pub version: i64,
    /// What the object consists of.
    pub block: Block,
    /// What its calls must be allowed.
    pub needs: Needs,
}

/// The permissions that a role needs, by the remote system's names; documentation alone reads them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Needs {
    /// To read: plans, refreshes, imports.
    pub plan: &'static [&'static str],
    /// Besides, to make, change and destroy.
    pub apply: &'static [&'static str],
}

/// Attributes and blocks that belong together.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// One sentence about the thing, in Markdown.
    pub doc: String,
    /// What is written with `=`.
    pub attributes: Vec<Attribute>,
    /// What is written with `{ }` alone.
    pub blocks: Vec<NestedBlock>,
}

/// A block inside a block.
#[derive(Debug, Clone)]
pub struct NestedBlock {
    /// The block's type, as HCL writes it.
    pub name: String,
    /// How many there can be, and how they are told apart.
    pub nesting: Nesting,
    /// What it consists of.
    pub block: Block,
    /// At most this many; 0 is no limit. Lists and sets only.
    pub max_items: i64,
}

/// How often a nested object occurs and what its elements are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// At most one.
    Single,
    /// Several, in order.
    List,
    /// Several, without order.
    Set,
    /// Several, by name.
    Map,
}

impl Nesting {
    /// The type of a collection of `object`s nested this way.
    pub fn wrap(self, object: Type) -> Type {
        match self {
            Self::Single => object,
            Self::List => Type::list(object),
            Self::Set => Type::set(object),
            Self::Map => Type::map(object),
        }
    }
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A value of a type.
    Plain(Type),
    /// Objects whose attributes have rules of their own.
    Nested(Nesting, Block),
}

/// A value for what the configuration leaves out.
#[derive(Debug, Clone, PartialEq)]
pub enum Fallback {
    /// Planned whenever the configuration says nothing: removing an argument resets it.
    Always(Value),
    /// Chosen at creation; afterwards silence in the configuration keeps the state's value.
    AtCreate(Value),
}

/// Whether two spellings mean the same; both are known and set.
pub type Equal = fn(&Value, &Value) -> bool;

/// One attribute, and the rules by which changes of it are planned.
#[derive(Clone)]
pub struct Attribute {
    /// Its name in HCL.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// It must be configured.
    pub required: bool,
    /// It may be configured.
    pub optional: bool,
    /// The provider may choose it where it is not configured.
    pub computed: bool,
    /// Terraform hides it in its output.
    pub sensitive: bool,
    /// It is in no plan and no state.
    pub write_only: bool,
    /// Why not to use it any more.
    pub deprecated: Option<String>,
    /// One sentence about the thing; then limits and what leaving it out does. Markdown.
    pub doc: String,
    /// What silence in the configuration means.
    pub fallback: Option<Fallback>,
    /// A change of it replaces the resource.
    pub replaces: bool,
    /// An update that does not concern it leaves it as it is, so the plan can say so.
    pub keeps: bool,
    /// Which other spellings are the same value.
    pub equal: Option<Equal>,
    /// What the value must satisfy.
    pub validators: Vec<Validator>,
}

impl Schema {
    /// The first version of a schema.
    pub fn new(block: Block) -> Self {
        Self { version: 0, block, needs: Needs::default() }
    }

    /// What its calls must be allowed.
    #[must_use]
    pub fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    /// The type of a whole configuration, plan or state.
    pub fn ty(&self) -> Type {
        self.block.ty()
    }
}

impl Block {
    /// A block of these attributes.
    pub fn new(doc: impl Into<String>, attributes: impl IntoIterator<Item = Attribute>) -> Self {
        Self { doc: doc.into(), attributes: attributes.into_iter().collect(), blocks: Vec::new() }
    }

    /// Adds a nested block.
    #[must_use]
    pub fn block(mut self, block: NestedBlock) -> Self {
        self.blocks.push(block);
        self
    }

    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The object type of its attributes and blocks.
    pub fn ty(&self) -> Type {
        let attributes =
            self.attributes.iter().map(|attribute| (attribute.name.clone(), attribute.ty()));
        let blocks = self
            .blocks
            .iter()
            .map(|nested| (nested.name.clone(), nested.nesting.wrap(nested.block.ty())));
        Type::Object(attributes.chain(blocks).collect::<BTreeMap<_, _>>())
    }
}

impl NestedBlock {
    /// A block that may occur once.
    pub fn single(name: impl Into<String>, block: Block) -> Self {
        Self { name: name.into(), nesting: Nesting::Single, block, max_items: 0 }
    }

    /// A block that may occur repeatedly; `max_items` of 0 is no limit.
    pub fn list(name: impl Into<String>, max_items: i64, block: Block) -> Self {
        Self { name: name.into(), nesting: Nesting::List, block, max_items }
    }
}

impl Attribute {
    /// An attribute of a plain type.
    pub fn new(name: impl Into<String>, ty: Type) -> Self {
        Self::of_kind(name, Kind::Plain(ty))
    }

    /// Text.
    pub fn string(name: impl Into<String>) -> Self {
        Self::new(name, Type::String)
    }

    /// `true` or `false`.
    pub fn bool(name: impl Into<String>) -> Self {
        Self::new(name, Type::Bool)
    }

    /// A number.
    pub fn number(name: impl Into<String>) -> Self {
        Self::new(name, Type::Number)
    }

    /// Texts by name.
    pub fn map_of_strings(name: impl Into<String>) -> Self {
        Self::new(name, Type::map(Type::String))
    }

    /// Texts in order.
    pub fn list_of_strings(name: impl Into<String>) -> Self {
        Self::new(name, Type::list(Type::String))
    }

    /// Texts without order.
    pub fn set_of_strings(name: impl Into<String>) -> Self {
        Self::new(name, Type::set(Type::String))
    }

    /// One object.
    pub fn object(
        name: impl Into<String>,
        attributes: impl IntoIterator<Item = Attribute>,
    ) -> Self {
        Self::of_kind(name, Kind::Nested(Nesting::Single, Block::new("", attributes)))
    }

    /// Objects in order.
    pub fn objects(
        name: impl Into<String>,
        attributes: impl IntoIterator<Item = Attribute>,
    ) -> Self {
        Self::of_kind(name, Kind::Nested(Nesting::List, Block::new("", attributes)))
    }

    fn of_kind(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: None,
            doc: String::new(),
            fallback: None,
            replaces: false,
            keeps: false,
            equal: None,
            validators: Vec::new(),
        }
    }

    /// It must be configured.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It may be configured; left out it is null.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The provider sets it, alone or where the configuration does not.
    #[must_use]
    pub fn computed(mut self) -> Self {
        self.computed = true;
        self
    }

    /// It may be configured; left out it is `value`, on every plan.
    #[must_use]
    pub fn or_always(mut self, value: impl Into<Value>) -> Self {
        self.fallback = Some(Fallback::Always(value.into()));
        self.optional().computed()
    }

    /// It may be configured; left out it becomes `value` at creation and then stays as it is.
    #[must_use]
    pub fn or_at_create(mut self, value: impl Into<Value>) -> Self {
        self.fallback = Some(Fallback::AtCreate(value.into()));
        self.optional().computed()
    }

    /// A secret that is sent and forgotten: no plan and no state holds it.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self.sensitive = true;
        self.optional()
    }

    /// Terraform hides it.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// A change of it replaces the resource.
    #[must_use]
    pub fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    /// Updates do not change it unless the plan says otherwise.
    #[must_use]
    pub fn keeps(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// Other spellings for which `equal` holds are no change.
    #[must_use]
    pub fn equal(mut self, equal: Equal) -> Self {
        self.equal = Some(equal);
        self
    }

    /// What the value must satisfy.
    #[must_use]
    pub fn check(mut self, validator: Validator) -> Self {
        self.validators.push(validator);
        self
    }

    /// One sentence about it, in Markdown.
    #[must_use]
    pub fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }

    /// The type of its values.
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Plain(ty) => ty.clone(),
            Kind::Nested(nesting, block) => nesting.wrap(block.ty()),
        }
    }

    /// Whether only the provider sets it.
    pub fn is_read_only(&self) -> bool {
        self.computed && !self.optional
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attribute({}: {})", self.name, self.ty().to_json())
    }
}
