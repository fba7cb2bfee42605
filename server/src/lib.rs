//! What runs. The binary is thin: it reads the configuration, makes a world, and serves, works or runs a command.

pub mod commands;
pub mod config;
pub mod http;
pub mod installation;
pub mod outbound;
pub mod seed;
pub mod system;
pub mod work;
