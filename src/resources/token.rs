//! Tokens that make a creation repeatable: random, made at plan, used within that plan.

use uuid::Uuid;

use crate::framework::context::Cx;

/// The note that carries the token from plan to apply.
const TOKEN: &str = "token";

/// Makes the token of a plan.
pub(super) fn plan<D>(cx: &Cx<D>) {
    cx.private().set(TOKEN, Uuid::new_v4().to_string());
}

/// The plan's token.
pub(super) fn of_plan<D>(cx: &Cx<D>) -> String {
    cx.private().get(TOKEN).unwrap_or_else(fresh)
}

/// Forgets the token once it has done its work.
pub(super) fn spend<D>(cx: &Cx<D>) {
    cx.private().remove(TOKEN);
}

/// A token for a call that no plan foresaw.
pub(super) fn fresh() -> String {
    Uuid::new_v4().to_string()
}
