//! Going through the pages of a list without going round in circles.

use crate::framework::error::{Error, Kind, Result};

/// The position in a list that AWS hands out page by page.
#[derive(Debug)]
pub(super) struct Pages {
    operation: &'static str,
    token: Option<String>,
    turned: u32,
}

impl Pages {
    /// Before the first page.
    pub(super) fn of(operation: &'static str) -> Self {
        Self { operation, token: None, turned: 0 }
    }

    /// The token to ask the current page with.
    pub(super) fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Moves on; false after the last page.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] when AWS hands out the same token twice running, or more than
    /// [`MAX_PAGES`] pages.
    pub(super) fn turn(&mut self, next: Option<String>) -> Result<bool> {
        let Some(next) = next.filter(|token| !token.is_empty()) else { return Ok(false) };
        self.turned += 1;
        if self.token.as_ref() == Some(&next) || self.turned >= MAX_PAGES {
            return Err(Error {
                operation: Some(self.operation),
                ..Error::new(
                    Kind::Unavailable,
                    format!("the list does not end: gave up after {} pages", self.turned),
                )
            });
        }
        self.token = Some(next);
        Ok(true)
    }
}

/// At Connect's smallest page of 10 these are 5000 objects, several times any quota.
const MAX_PAGES: u32 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_token() {
        let mut pages = Pages::of("appflow:ListFlows");
        assert_eq!(pages.turn(Some("2".into())), Ok(true));
        assert_eq!(pages.token().as_deref(), Some("2"));
        assert_eq!(pages.turn(None), Ok(false));
        assert_eq!(pages.turn(Some(String::new())), Ok(false));
    }

    #[test]
    fn a_list_that_repeats_itself_is_given_up() {
        let mut pages = Pages::of("appflow:ListFlows");
        assert_eq!(pages.turn(Some("2".into())), Ok(true));
        let error = pages.turn(Some("2".into())).expect_err("the same page again");
        assert_eq!(error.kind, Kind::Unavailable);
    }

    #[test]
    fn an_endless_list_is_given_up() {
        let mut pages = Pages::of("appflow:ListFlows");
        let turns =
            (1..).map(|page: u32| pages.turn(Some(page.to_string()))).take_while(Result::is_ok);
        assert_eq!(turns.count(), MAX_PAGES as usize - 1);
    }
}
