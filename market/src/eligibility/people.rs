//! 关联: whether the same people stand on both sides of a requirement, or behind two of those who signed up.

use super::{Buyer, Candidate};
use crate::typed::Name;
use crate::{PersonId, Timestamp};

/// A person who acts or acted for a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingPerson {
    pub id: PersonId,
    pub name: Name,
    /// When the mandate ended; `None`: it lives.
    pub until: Option<Timestamp>,
}

impl ActingPerson {
    /// Whether the person acted for the body at any time from an instant on.
    fn since(&self, instant: Timestamp) -> bool {
        self.until.is_none_or(|until| until >= instant)
    }
}

/// What is published of bodies whose contacts, as they are told by name, are what relates them. The agency can name
/// another contact.
const CONTACT_IS_THEIR_HEAD: &str = "项目业主的法定代表人是本机构的联系人或经办人";
const CONTACTS_ARE_ONE: &str = "联系人与项目业主的联系人同名";

/// Whether another contact of the agency may change how it is related.
pub(super) fn is_by_contact(how: &str) -> bool {
    [CONTACT_IS_THEIR_HEAD, CONTACTS_ARE_ONE].contains(&how)
}

/// Nobody is the same as a name that was left empty.
pub(super) fn same(one: &Name, other: &Name) -> bool {
    !one.folded().is_empty() && one == other
}

/// How the agency's people are the buyer's, if they are. People are compared by their accounts, over the whole time
/// since the requirement was begun, so that ending a mandate before signing up changes nothing. Those whom only names
/// tell (legal representatives and contacts) are compared by name; between two accounts a name alone tells nothing.
/// The answer is published, so it names nobody who is not in the public papers.
pub(super) fn shared(candidate: &Candidate, buyer: &Buyer) -> Option<String> {
    let acting = |list: &[ActingPerson]| -> Vec<ActingPerson> {
        let since = list.iter().filter(|person| person.since(buyer.since));
        since.cloned().collect()
    };
    let (bidders, buyers) = (acting(&candidate.people), acting(&buyer.people));
    if bidders
        .iter()
        .any(|one| buyers.iter().any(|other| one.id == other.id))
    {
        return Some("有人在本项目期间既代表项目业主、又代表本机构".into());
    }
    let is_named = |name: &Name, contacts: &[Name], people: &[ActingPerson]| {
        contacts.iter().any(|contact| same(contact, name))
            || people.iter().any(|person| same(&person.name, name))
    };
    let contact = std::slice::from_ref(&candidate.contact_name);
    if is_named(&candidate.legal_representative, &buyer.contacts, &buyers) {
        return Some("本机构的法定代表人是项目业主的联系人或经办人".into());
    }
    if is_named(&buyer.legal_representative, contact, &bidders) {
        return Some(CONTACT_IS_THEIR_HEAD.into());
    }
    let shares_contact = buyer
        .contacts
        .iter()
        .any(|name| same(name, &candidate.contact_name));
    shares_contact.then(|| CONTACTS_ARE_ONE.into())
}

/// Whether somebody acts for both agencies now.
pub(super) fn act_together(one: &Candidate, other: &Candidate) -> bool {
    let live = |candidate: &Candidate| -> Vec<PersonId> {
        let people = candidate.people.iter();
        let live = people.filter(|person| person.until.is_none());
        live.map(|person| person.id).collect()
    };
    let others = live(other);
    live(one).iter().any(|id| others.contains(id))
}
