//! Pagination: opaque tokens over a stable order.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::switches::Switches;
use crate::wire::input::Input;
use crate::wire::refusal::Refusal;

/// How an operation names its page size and its token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    pub(crate) service: &'static str,
    pub(crate) size: &'static str,
    pub(crate) token: &'static str,
}

pub(crate) const APPFLOW: Paging =
    Paging { service: "appflow", size: "maxResults", token: "nextToken" };
pub(crate) const EVENTS: Paging = Paging { service: "events", size: "Limit", token: "NextToken" };
pub(crate) const APP_INTEGRATIONS: Paging =
    Paging { service: "app-integrations", size: "MaxResults", token: "NextToken" };
pub(crate) const CONNECT: Paging =
    Paging { service: "connect", size: "MaxResults", token: "NextToken" };

/// One page and, unless it is the last, the token of the next.
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) next: Option<String>,
}

impl Paging {
    /// Cuts the page out of all items, which come with the keys that order them.
    ///
    /// A token names the last key seen, so items that come or go between two calls shift nothing.
    pub(crate) fn cut(
        self,
        switches: &Switches,
        input: &Input,
        items: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Page, Refusal> {
        let mut size = input.number(self.size).unwrap_or(switches.default_page_size).max(1);
        if switches.page_size_cap > 0 {
            size = size.min(switches.page_size_cap);
        }
        let seen = match input.optional_text(self.token) {
            Some(token) => Some(open(token).ok_or_else(|| {
                Refusal::constraint(self.service, "The provided nextToken is not valid.")
            })?),
            None => None,
        };
        let mut rest = items
            .into_iter()
            .filter(|(key, _)| seen.as_ref().is_none_or(|seen| key > seen))
            .peekable();
        let mut page = Page { items: Vec::new(), next: None };
        let mut last = None;
        while page.items.len() < size {
            let Some((key, value)) = rest.next() else { break };
            last = Some(key);
            page.items.push(value);
        }
        if rest.peek().is_some() {
            page.next = last.map(|key| seal(&key));
        }
        Ok(page)
    }

    /// The page as an answer: its items under `name`, and the token when there is more.
    pub(crate) fn answer(
        self,
        switches: &Switches,
        input: &Input,
        name: &str,
        items: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Value, Refusal> {
        let page = self.cut(switches, input, items)?;
        let mut answer = serde_json::Map::new();
        answer.insert(name.into(), Value::Array(page.items));
        if let Some(next) = page.next {
            let token = if self.service == "appflow" { "nextToken" } else { "NextToken" };
            answer.insert(token.into(), next.into());
        }
        Ok(Value::Object(answer))
    }
}

fn seal(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{MARK}{key}"))
}

fn open(token: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(MARK).map(str::to_owned)
}

/// Tells our tokens from invented ones.
const MARK: &str = "after:";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn items() -> Vec<(String, Value)> {
        ["a", "b", "c"].iter().map(|key| ((*key).to_owned(), json!(key))).collect()
    }

    #[test]
    fn pages_follow_one_another() {
        let switches = Switches::default();
        let first = APPFLOW
            .cut(&switches, &Input::from(json!({"maxResults": 2})), items())
            .expect("no token");
        assert_eq!(first.items, [json!("a"), json!("b")]);
        let second = APPFLOW
            .cut(&switches, &Input::from(json!({"nextToken": first.next})), items())
            .expect("our token");
        assert_eq!((second.items, second.next), (vec![json!("c")], None));
    }

    #[test]
    fn an_invented_token_is_refused() {
        let input = Input::from(json!({"nextToken": "abc"}));
        let refusal = APPFLOW.cut(&Switches::default(), &input, items()).err().expect("refused");
        assert_eq!(refusal.code, "ValidationException");
    }
}
