//! The table of settings in `docs/operations.md` is the list of the code.

use crate::tree;
use server::config::SETTINGS;

#[test]
fn the_guide_names_every_setting_with_its_default() {
    let guide = tree::text("docs/operations.md");
    let (_, table) = guide
        .split_once("| key | environment | default | meaning |\n")
        .expect("the table");
    let rows: Vec<&str> = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let keys: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.split('`').nth(1))
        .collect();
    let settings: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    assert_eq!(keys, settings, "in the order of SETTINGS");
    for (row, setting) in rows.iter().zip(SETTINGS) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let environment = format!("`MARKET_{}`", setting.key.to_uppercase());
        assert!(cells[1].starts_with(&environment), "{row}");
        assert_eq!(cells[2].trim_matches('`'), setting.default, "{row}");
        assert_eq!(cells[3].ends_with(". Secret"), setting.secret, "{row}");
    }
}
