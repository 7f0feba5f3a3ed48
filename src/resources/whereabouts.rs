//! What a message says of something that is not there: where was looked, and what is there
//! instead. Where listing is denied, the place alone is told.

use crate::aws::Session;

/// The place, and AppFlow's event sources in it.
pub(super) async fn of_event_sources(session: &Session) -> String {
    let place = match session.account_id().await {
        Ok(account) => format!("region {} of account {account}", session.region_name()),
        Err(_) => format!("region {}", session.region_name()),
    };
    let sources = session.list_event_sources("aws.partner/appflow/").await.ok().map(|sources| {
        sources.iter().map(|it| format!("{} ({})", it.name, it.state)).collect::<Vec<_>>()
    });
    tell(&place, "event source of AppFlow", "event sources", sources)
}

/// The place, and the Connect instances in it.
pub(super) async fn of_instances(session: &Session) -> String {
    let place = format!("region {}", session.region_name());
    let instances = session.list_instances().await.ok().map(|instances| {
        let name = |it: &crate::aws::instance::Instance| match &it.alias {
            Some(alias) => format!("{alias} ({})", it.id),
            None => it.id.clone(),
        };
        instances.iter().map(name).collect::<Vec<_>>()
    });
    tell(&place, "Connect instance", "Connect instances", instances)
}

fn tell(place: &str, one: &str, several: &str, found: Option<Vec<String>>) -> String {
    let Some(mut found) = found else { return format!("This is {place}.") };
    if found.is_empty() {
        return format!("This is {place}, which has no {one}.");
    }
    if found.len() > MOST_NAMED {
        let rest = found.split_off(MOST_NAMED);
        found.push(format!("{} more", rest.len()));
    }
    format!("This is {place}, whose {several} are {}.", found.join(", "))
}

const MOST_NAMED: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..12).map(|number| format!("n{number}")).collect();
        let told = tell("region r", "thing", "things", Some(names));
        assert!(told.ends_with("n9, 2 more."), "{told}");
        assert_eq!(tell("region r", "thing", "things", None), "This is region r.");
    }
}
