//! The little page that the browser ends up with.

/// What a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page<'a> {
    /// The HTTP status.
    pub(super) status: &'static str,
    /// A few words.
    pub(super) title: &'a str,
    /// Some sentences.
    pub(super) text: &'a str,
    /// Whether all is well.
    pub(super) is_good: bool,
}

impl Page<'_> {
    /// The HTTP answer. Nothing of it is kept or followed: its address holds the code.
    pub(super) fn answer(&self) -> String {
        let colour = if self.is_good { "#1a7f37" } else { "#b42318" };
        let mark = if self.is_good { "&#10003;" } else { "&#33;" };
        let (title, text) = (escaped(self.title), escaped(self.text));
        let body = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
             <style>\n\
             :root {{ color-scheme: light dark; }}\n\
             body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; \
             font: 1rem/1.5 system-ui, sans-serif; }}\n\
             main {{ max-width: 32rem; padding: 2rem; text-align: center; }}\n\
             .mark {{ width: 3.5rem; height: 3.5rem; margin: 0 auto; border-radius: 50%; \
             background: {colour}; color: white; font-size: 2rem; line-height: 3.5rem; }}\n\
             h1 {{ font-size: 1.5rem; margin: 1rem 0 .5rem; }}\n\
             p {{ margin: 0; opacity: .8; overflow-wrap: anywhere; }}\n\
             </style>\n</head>\n<body>\n<main>\n<div class=\"mark\" aria-hidden=\"true\">{mark}</div>\n\
             <h1>{title}</h1>\n<p>{text}</p>\n</main>\n</body>\n</html>\n"
        );
        format!(
            "HTTP/1.1 {}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             connection: close\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
             content-security-policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
             x-content-type-options: nosniff\r\n\r\n{body}",
            self.status,
            body.len()
        )
    }
}

fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_text() {
        let page = Page { status: "200 OK", title: "t", text: "<script>&", is_good: false };
        let answer = page.answer();
        assert!(answer.contains("<p>&lt;script&gt;&amp;</p>"), "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
    }
}
