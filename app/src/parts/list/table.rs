//! The table of a page: rows become cards on a telephone, where each cell says its heading.

use super::column::Columns;
use crate::parts::html::Html;
use leptos::prelude::AnyView;

/// What a row takes, in bytes, roughly: so that a page of them is written without moving.
const ROW: usize = 768;

impl<R> Columns<'_, R> {
    /// The table with these rows.
    pub fn table(&self, rows: &[R]) -> AnyView {
        self.html(rows, |_| "").into_view()
    }

    /// The same; some rows have a class of their own.
    pub fn table_with(&self, rows: &[R], class: impl Fn(&R) -> &'static str) -> AnyView {
        self.html(rows, class).into_view()
    }

    #[cfg(test)]
    pub(super) fn table_text(&self, rows: &[R]) -> String {
        self.html(rows, |_| "").as_str().to_string()
    }

    fn html(&self, rows: &[R], class: impl Fn(&R) -> &'static str) -> Html {
        let mut to = Html::with_capacity((rows.len() + 1) * ROW);
        to.raw("<table class=\"as-cards\"><thead><tr>");
        for column in self.on_page() {
            to.raw(if column.kind.is_number() {
                "<th class=\"num\">"
            } else {
                "<th>"
            });
            to.text(column.heading).raw("</th>");
        }
        to.raw("</tr></thead><tbody>");
        for row in rows {
            let class = class(row);
            to.raw("<tr");
            if !class.is_empty() {
                to.attribute("class", class);
            }
            to.raw(">");
            self.cells(row, &mut to);
            to.raw("</tr>");
        }
        to.raw("</tbody></table>");
        to
    }

    fn cells(&self, row: &R, to: &mut Html) {
        for (place, column) in self.on_page().enumerate() {
            let element = if column.is_row_heading { "th" } else { "td" };
            to.raw("<").raw(element);
            if column.is_row_heading {
                to.raw(" scope=\"row\"");
            }
            if !column.class.is_empty() {
                to.attribute("class", column.class);
            }
            // The first cell is the heading of the card, unless it is a mere number.
            if place > 0 || column.kind.is_number() {
                to.attribute("data-h", column.heading);
            }
            to.raw(">");
            column.write(row, to);
            to.raw("</").raw(element).raw(">");
        }
    }
}
