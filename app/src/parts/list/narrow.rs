//! How a list is narrowed and ordered: the form of its filters, tabs and orders. All of it stands in the address, and
//! every link keeps the rest of it.

use crate::ask::Ask;
use crate::parts::{Choice, Fields};
use leptos::prelude::*;

/// The form of the filters.
pub struct Filters {
    fields: Fields,
    path: &'static str,
    items: Vec<AnyView>,
}

impl Filters {
    /// Of the list at an address.
    pub fn new(ask: &Ask, path: &'static str) -> Filters {
        Filters {
            fields: Fields::new(ask, "", ask.query.clone(), uuid::Uuid::nil()),
            path,
            items: Vec::new(),
        }
    }

    fn with(mut self, item: AnyView) -> Filters {
        self.items.push(item);
        self
    }

    /// The field for words, with what is looked for in them.
    pub fn search(self, label: &'static str) -> Filters {
        let field = self.fields.input("search", "q", label, "");
        self.with(field)
    }

    /// One of some, or all.
    pub fn select(self, name: &'static str, label: &'static str, choices: Vec<Choice>) -> Filters {
        let field = self.fields.select(name, label, "", "全部", choices);
        self.with(field)
    }

    /// Any of some.
    pub fn checks(self, name: &'static str, label: &'static str, choices: Vec<Choice>) -> Filters {
        let field = self.fields.checks(name, label, "", choices);
        self.with(field)
    }

    /// Any of many, which are folded away until one is chosen.
    pub fn folded(
        self,
        name: &'static str,
        (title, label): (&'static str, &'static str),
        choices: Vec<Choice>,
    ) -> Filters {
        let is_open = !self.fields.value(name).is_empty();
        let field = self.fields.checks(name, label, "", choices);
        self.with(
            view! {
                <details open=is_open>
                    <summary>{title}</summary>
                    <div class="scroll">{field}</div>
                </details>
            }
            .into_any(),
        )
    }

    /// What is set elsewhere, by a tab or an order, and stays.
    pub fn keeping(self, name: &'static str) -> Filters {
        let value = self.fields.value(name);
        self.with(view! { <input type="hidden" name=name value=value /> }.into_any())
    }

    /// As a card beside the list, with more below it.
    pub fn side(self, more: impl IntoView + 'static) -> AnyView {
        view! {
            <form class="filters card stack" action=self.path>
                {self.items}
                <button class="btn main wide">"筛选"</button>
                <a class="small" href=self.path>
                    "清除条件"
                </a>
                {more.into_any()}
            </form>
        }
        .into_any()
    }

    /// As a row above the list.
    pub fn row(self) -> AnyView {
        view! {
            <form class="card row filters-row" action=self.path>
                {self.items}
                <button class="btn main">"筛选"</button>
            </form>
        }
        .into_any()
    }
}

/// Tabs: (code, label) of each, the empty code for all of them. A tab keeps the other filters.
pub fn tabs(
    ask: &Ask,
    label: &'static str,
    name: &'static str,
    choices: impl IntoIterator<Item = (&'static str, &'static str)>,
    current: &str,
) -> AnyView {
    let links: Vec<AnyView> = choices
        .into_iter()
        .map(|(code, label)| choice(ask, (name, code), label, code == current))
        .collect();
    view! {
        <nav class="tabs" aria-label=label>
            {links}
        </nav>
    }
    .into_any()
}

/// The orders of a list, the first being its own.
pub fn orders(
    ask: &Ask,
    name: &'static str,
    choices: impl IntoIterator<Item = (&'static str, &'static str)>,
    current: &str,
) -> AnyView {
    let links: Vec<AnyView> = choices
        .into_iter()
        .map(|(code, label)| {
            let link = choice(ask, (name, code), label, code == current);
            view! {
                {link}
                " "
            }
            .into_any()
        })
        .collect();
    view! {
        "排序 "
        {links}
    }
    .into_any()
}

fn choice(
    ask: &Ask,
    (name, code): (&'static str, &'static str),
    label: &'static str,
    is_current: bool,
) -> AnyView {
    let href = ask.link(&[(name, Some(code)), ("at", None)]);
    view! {
        <a href=href aria-current=is_current.then_some("true")>
            {label}
        </a>
    }
    .into_any()
}
