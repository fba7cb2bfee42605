//! Tables that are no lists: what was corrected, how often each number of stars was given.

use super::Html;
use super::html::html;
use super::list::Columns;
use leptos::prelude::AnyView;
use market::requirement::correction::Change;

/// What a correction changes, before and after.
pub fn changes(rows: &[Change]) -> AnyView {
    let mut to = Columns::<Change>::new();
    to.text("栏目", |change| &change.label).heads_rows();
    to.only_shown("原来", |change, to| {
        to.raw("<del>").lines(&change.before).raw("</del>");
    });
    to.only_shown("现在", |change, to| {
        to.raw("<ins>").lines(&change.after).raw("</ins>");
    });
    to.table(rows)
}

/// Bars of (label, number, percent of the width), drawn here as SVG.
pub fn bars(caption: &'static str, rows: &[(String, i64, i64)]) -> AnyView {
    let bar = |to: &mut Html, percent: i64| {
        to.raw("<svg class=\"bar\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
            .raw("<rect width=\"100\" height=\"6\"></rect>")
            .raw("<rect class=\"share of-stars\"")
            .attribute("width", percent)
            .raw(" height=\"6\"></rect></svg>");
    };
    html(|to| {
        to.raw("<table class=\"bars\"><caption class=\"sr\">")
            .text(caption)
            .raw("</caption><tbody>");
        for (label, count, percent) in rows {
            to.raw("<tr><th scope=\"row\" class=\"nowrap\">")
                .text(label)
                .raw("</th><td>");
            bar(to, *percent);
            to.raw("</td><td class=\"num\">")
                .text(count)
                .raw("</td></tr>");
        }
        to.raw("</tbody></table>");
    })
}
