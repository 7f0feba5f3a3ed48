//! Logs as go-hclog writes them: one JSON object a line on stderr, which the host merges into its
//! own log.
//!
//! The three keys that a host reads are `@level`, `@message` and `@timestamp`. They have to be
//! strings, or Terraform itself panics, and the timestamp has to have six digits of a second, or
//! the line is taken for plain text. Everything else becomes a key of the entry.
//!
//! Only what this crate says is written. Libraries log requests and headers, and with them what
//! nobody should read.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::sync::Mutex;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// Sends this crate's events and spans to stderr, at the level that the environment asks for.
///
/// Does nothing when a subscriber is already set.
pub fn install() {
    let layer = Hclog::new(level(), io::stderr());
    let _ = tracing::subscriber::set_global_default(Registry::default().with(layer));
}

/// What to write: the first of these variables that is set says, and without any it is warnings.
/// A name that is no level means everything, as in Terraform.
pub fn level() -> LevelFilter {
    level_of(|name| std::env::var(name).ok())
}

fn level_of(variable: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let names = ["TF_LOG_PROVIDER_CONNECT", "TF_LOG_PROVIDER", "TF_LOG"];
    let Some(name) = names.into_iter().filter_map(variable).find(|name| !name.is_empty()) else {
        return LevelFilter::WARN;
    };
    match name.to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

/// The layer behind [`install`]. Fields of enclosing spans are on every line, inner ones first.
struct Hclog<W> {
    level: LevelFilter,
    output: Mutex<W>,
}

impl<W: Write + Send + 'static> Hclog<W> {
    fn new(level: LevelFilter, output: W) -> Self {
        Hclog { level, output: Mutex::new(output) }
    }
}

impl<W> fmt::Debug for Hclog<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hclog").field("level", &self.level).finish_non_exhaustive()
    }
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Write + Send + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _cx: Context<'_, S>) -> bool {
        *metadata.level() <= self.level && is_ours(metadata.target())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in cx.event_scope(event).into_iter().flatten().collect::<Vec<_>>().iter().rev() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.0.clone());
            }
        }
        event.record(&mut fields);
        let line = line(event.metadata(), fields.0, OffsetDateTime::now_utc());
        let Ok(mut output) = self.output.lock() else { return };
        // If stderr is closed there is nobody to tell.
        let _ = output.write_all(line.as_bytes());
    }
}

/// A target is the path of the module that speaks, unless somebody chose another.
fn is_ours(target: &str) -> bool {
    target.split("::").next() == Some(env!("CARGO_CRATE_NAME"))
}

fn line(metadata: &Metadata<'_>, mut fields: Map<String, Value>, now: OffsetDateTime) -> String {
    let message = match fields.remove(MESSAGE) {
        None => String::new(),
        Some(Value::String(message)) => message,
        Some(other) => other.to_string(),
    };
    let mut line = entry(metadata, fields, &message, now);
    if line.len() > MAX_LINE {
        let fields = Map::from_iter([("truncated".to_owned(), true.into())]);
        line = entry(metadata, fields, &message, now);
    }
    line
}

fn entry(
    metadata: &Metadata<'_>,
    mut entry: Map<String, Value>,
    message: &str,
    now: OffsetDateTime,
) -> String {
    let level = match *metadata.level() {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    };
    let timestamp = now.format(TIMESTAMP).expect("all parts are there");
    entry.insert("@level".to_owned(), level.into());
    entry.insert("@message".to_owned(), message.into());
    entry.insert("@module".to_owned(), metadata.target().into());
    entry.insert("@timestamp".to_owned(), timestamp.into());
    Value::Object(entry).to_string() + "\n"
}

/// The fields of a span or an event: strings, numbers and booleans.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        // The keys with an at sign are the host's, and it is picky about them.
        let name = field.name().trim_start_matches('@').to_owned();
        self.0.insert(name, value.into());
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinities.
        if value.is_finite() {
            self.insert(field, value);
        } else {
            self.insert(field, value.to_string());
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, shortened(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            text += &format!(": {error}");
            cause = error.source();
        }
        self.insert(field, shortened(&text));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, shortened(&format!("{value:?}")));
    }
}

fn shortened(text: &str) -> String {
    if text.len() <= MAX_VALUE {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(MAX_VALUE)])
}

/// The name under which tracing records what an event says.
const MESSAGE: &str = "message";

/// Hosts read stderr in pieces of 64 KiB and take what is longer for text.
const MAX_LINE: usize = 60 * 1024;

/// Text that is longer is of no use to a reader. Escaped, it may take six times as much and a
/// message still has room in a line.
const MAX_VALUE: usize = 8 * 1024;

/// Go's layout `2006-01-02T15:04:05.000000Z07:00`, in UTC.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tracing::subscriber::with_default;

    use super::*;

    /// What a block of code logs, as a host reads it.
    fn logged(level: LevelFilter, code: impl FnOnce()) -> Vec<Value> {
        let output = Output::default();
        let layer = Hclog::new(level, output.clone());
        with_default(Registry::default().with(layer), code);
        let bytes = output.0.lock().expect("no test panics with it").clone();
        let text = String::from_utf8(bytes).expect("JSON is UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<Vec<u8>>>);

    impl Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no test panics with it").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn case_17_line_breaks_stay_inside_their_line() {
        let lines = logged(LevelFilter::INFO, || tracing::info!(text = "a\nb", "one\r\ntwo"));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["@message"], "one\r\ntwo");
        assert_eq!(lines[0]["text"], "a\nb");
    }

    #[test]
    fn case_17_timestamp_has_six_digits_even_on_the_second() {
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(now.format(TIMESTAMP).expect("it formats"), "1970-01-01T00:00:00.000000Z");
    }

    #[test]
    fn case_17_host_keys_are_strings_whatever_the_fields_are() {
        let lines = logged(LevelFilter::INFO, || {
            tracing::info!({ "@level" = 5, "@message" = true, "@timestamp" = 1.5 });
        });
        assert_eq!(lines[0]["@level"], "info");
        assert_eq!(lines[0]["@message"], "true");
        assert!(lines[0]["@timestamp"].is_string());
    }

    #[test]
    fn values_keep_their_kind() {
        let lines = logged(LevelFilter::INFO, || {
            tracing::info!(number = 7, share = 0.5, nothing = f64::NAN, yes = true, list = ?[1]);
        });
        assert_eq!(lines[0]["number"], 7);
        assert_eq!(lines[0]["share"], 0.5);
        assert_eq!(lines[0]["nothing"], "NaN");
        assert_eq!(lines[0]["yes"], true);
        assert_eq!(lines[0]["list"], "[1]");
    }

    #[test]
    fn spans_lend_their_fields() {
        let lines = logged(LevelFilter::INFO, || {
            let outer = tracing::info_span!("rpc", tf_rpc = "ReadResource", tf_req_id = "a");
            let _outer = outer.enter();
            let inner = tracing::info_span!("call", tf_req_id = "b", late = tracing::field::Empty);
            inner.record("late", 3);
            let _inner = inner.enter();
            tracing::info!("hello");
        });
        assert_eq!(lines[0]["tf_rpc"], "ReadResource");
        assert_eq!(lines[0]["tf_req_id"], "b");
        assert_eq!(lines[0]["late"], 3);
    }

    #[test]
    fn libraries_are_not_heard() {
        let lines = logged(LevelFilter::TRACE, || {
            tracing::error!(target: "hyper::client", "authorization: secret");
            let span = tracing::info_span!(target: "aws_sdk_connect", "call", secret = "x");
            span.in_scope(|| tracing::error!("ours"));
        });
        assert_eq!(lines.len(), 1);
        assert!(lines[0].get("secret").is_none());
    }

    #[test]
    fn quieter_levels_are_left_out() {
        let lines = logged(LevelFilter::WARN, || {
            tracing::info!("no");
            tracing::warn!("yes");
        });
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let lines = logged(LevelFilter::INFO, || tracing::info!("{}", "é".repeat(MAX_VALUE)));
        let message = lines[0]["@message"].as_str().expect("a string");
        assert!(message.ends_with("é…") && message.len() < MAX_VALUE + 10);
    }

    #[test]
    fn overlong_line_keeps_its_message() {
        let long = "x".repeat(MAX_VALUE);
        let lines = logged(LevelFilter::INFO, || {
            tracing::info!(
                a = long,
                b = long,
                c = long,
                d = long,
                e = long,
                f = long,
                g = long,
                h = long,
                "hello"
            );
        });
        assert_eq!(lines[0]["@message"], "hello");
        assert_eq!(lines[0]["truncated"], true);
    }

    #[test]
    fn errors_tell_their_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot connect")]
        struct Outer(#[source] io::Error);
        let lines = logged(LevelFilter::INFO, || {
            let error = Outer(io::Error::other("no route"));
            tracing::info!(error = &error as &dyn Error, "failed");
        });
        assert_eq!(lines[0]["error"], "cannot connect: no route");
    }

    #[test]
    fn first_variable_that_is_set_decides() {
        let level = |set: &[(&str, &str)]| {
            level_of(|name| set.iter().find(|(key, _)| *key == name).map(|(_, v)| v.to_string()))
        };
        assert_eq!(level(&[]), LevelFilter::WARN);
        assert_eq!(level(&[("TF_LOG", "info")]), LevelFilter::INFO);
        assert_eq!(level(&[("TF_LOG", "JSON")]), LevelFilter::TRACE);
        assert_eq!(level(&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "")]), LevelFilter::TRACE);
        assert_eq!(level(&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "OFF")]), LevelFilter::OFF);
        assert_eq!(
            level(&[("TF_LOG_PROVIDER", "OFF"), ("TF_LOG_PROVIDER_CONNECT", "debug")]),
            LevelFilter::DEBUG
        );
    }
}
