//! 关联: whether the same people stand on both sides of a requirement, or behind two of those who signed up.

use super::{Buyer, Candidate};
use crate::coded::coded;
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

coded! {
    /// How an agency is related to the buyer. The words are published.
    pub enum Relation {
        IsOwner = "is_owner", "就是项目业主本身";
        SameHead = "same_head", "法定代表人与项目业主的法定代表人同名";
        ActedForBoth = "acted_for_both", "有人在本项目期间既代表项目业主、又代表本机构";
        HeadIsTheirContact = "head_is_their_contact", "本机构的法定代表人是项目业主的联系人或经办人";
        ContactIsTheirHead = "contact_is_their_head", "项目业主的法定代表人是本机构的联系人或经办人";
        SameContact = "same_contact", "联系人与项目业主的联系人同名";
    }
}

impl Relation {
    /// Whether contacts, as they are told by name, are what relates the bodies: the agency can name another one.
    pub(super) fn is_by_contact(self) -> bool {
        matches!(self, Relation::ContactIsTheirHead | Relation::SameContact)
    }
}

/// Nobody is the same as a name that was left empty.
pub(super) fn same(one: &Name, other: &Name) -> bool {
    !one.folded().is_empty() && one == other
}

/// How the agency's people are the buyer's, if they are. People are compared by their accounts, over the whole time
/// since the requirement was begun, so that ending a mandate before signing up changes nothing. Those whom only names
/// tell (legal representatives and contacts) are compared by name; between two accounts a name alone tells nothing.
/// The answer is published, so it names nobody who is not in the public papers.
pub(super) fn shared(candidate: &Candidate, buyer: &Buyer) -> Option<Relation> {
    let acting = |list: &[ActingPerson]| -> Vec<ActingPerson> {
        let since = list.iter().filter(|person| person.since(buyer.since));
        since.cloned().collect()
    };
    let (bidders, buyers) = (acting(&candidate.people), acting(&buyer.people));
    if bidders
        .iter()
        .any(|one| buyers.iter().any(|other| one.id == other.id))
    {
        return Some(Relation::ActedForBoth);
    }
    let is_named = |name: &Name, contacts: &[Name], people: &[ActingPerson]| {
        contacts.iter().any(|contact| same(contact, name))
            || people.iter().any(|person| same(&person.name, name))
    };
    let contact = std::slice::from_ref(&candidate.contact_name);
    if is_named(&candidate.legal_representative, &buyer.contacts, &buyers) {
        return Some(Relation::HeadIsTheirContact);
    }
    if is_named(&buyer.legal_representative, contact, &bidders) {
        return Some(Relation::ContactIsTheirHead);
    }
    let shares_contact = buyer
        .contacts
        .iter()
        .any(|name| same(name, &candidate.contact_name));
    shares_contact.then_some(Relation::SameContact)
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
