//! The shape that AppFlow wants of a JWT bearer token.
//!
//! Its pattern lets `-` into the signature but not into header and payload, although base64url
//! writes one sixty-fourth of all characters so. Whether the service enforces it is not known; a
//! signer does well to sign again until there is none.

/// Why AppFlow would refuse a token. Never says anything of the token itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// More than [`MOST_CHARACTERS`].
    TooLong,
    /// Not header, payload and signature, separated by dots.
    NotThreeParts,
    /// A `-` in header or payload.
    Dash,
    /// Another character that no token has.
    Character,
}

impl Problem {
    /// The problem as a lowercase fragment.
    pub fn message(self) -> String {
        match self {
            Self::TooLong => format!("the token is longer than {MOST_CHARACTERS} characters"),
            Self::NotThreeParts => {
                "the token is not a signed JWT: header, payload and signature with dots between"
                    .to_owned()
            }
            Self::Dash => "AppFlow's pattern has no `-` in a token's header and payload: sign it \
                           again with another issue time or id"
                .to_owned(),
            Self::Character => {
                "the token has characters that no JWT has, such as blanks or line ends".to_owned()
            }
        }
    }
}

/// Checks a token against the API's pattern.
///
/// # Errors
/// The first problem.
pub fn check(token: &str) -> Result<(), Problem> {
    if token.len() > MOST_CHARACTERS {
        return Err(Problem::TooLong);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, payload, signature] = parts.as_slice() else {
        return Err(Problem::NotThreeParts);
    };
    if header.is_empty() || payload.is_empty() {
        return Err(Problem::NotThreeParts);
    }
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"_=".contains(&byte);
    let claims = || header.bytes().chain(payload.bytes());
    if !claims().all(|byte| word(byte) || byte == b'-')
        || !signature.bytes().all(|byte| word(byte) || b"-+/".contains(&byte))
    {
        return Err(Problem::Character);
    }
    match claims().any(|byte| byte == b'-') {
        true => Err(Problem::Dash),
        false => Ok(()),
    }
}

/// The API's limit.
pub const MOST_CHARACTERS: usize = 8000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_is_that_of_the_api() {
        assert_eq!(check("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln-_+/="), Ok(()));
        assert_eq!(check("eyJ.eyJ."), Ok(()));
        assert_eq!(check("ey-J.eyJ.sig"), Err(Problem::Dash));
        assert_eq!(check("eyJ.ey-J.sig"), Err(Problem::Dash));
        assert_eq!(check("eyJ.eyJ.sig\n"), Err(Problem::Character));
        assert_eq!(check("eyJ.é.sig"), Err(Problem::Character));
        for token in ["", "eyJ", "eyJ.eyJ", "a.b.c.d", ".eyJ.sig", "eyJ..sig"] {
            assert_eq!(check(token), Err(Problem::NotThreeParts), "{token}");
        }
        assert_eq!(check(&"a".repeat(8001)), Err(Problem::TooLong));
    }
}
