//! What can be read off the texts alone: that the documents name what there is, and that the sources keep to the
//! rules of the house that no lint knows. No database, no router.

mod architecture;
mod colours;
mod names;
mod settings;
mod tree;
mod views;
