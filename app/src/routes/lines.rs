//! How a line of the list is written: verb, path, action, and the page or call that answers.

macro_rules! handler {
    ($($function:tt)+) => { |desk, ask| Box::pin($($function)+(desk, ask)) };
}

macro_rules! get {
    ($path:expr, $action:ident, $($function:tt)+) => {
        Route {
            verb: Verb::Get,
            path: $path,
            action: Action::$action,
            run: handler!($($function)+),
            form_page: None,
            takes_files: false,
            share: Share::Pages,
        }
    };
}

/// The files of a list, beside its page and for the same people.
macro_rules! list {
    ($path:literal, $action:ident, $list:ty) => {
        [
            get!(concat!($path, ".csv"), $action, file::<$list>).counted(Share::OpenData),
            get!(concat!($path, ".xlsx"), $action, file::<$list>).counted(Share::OpenData),
            get!(concat!($path, ".json"), $action, file::<$list>).counted(Share::OpenData),
        ]
    };
}

/// A page under a number or id that people type from paper: in another spelling, it leads to the one it has.
macro_rules! numbered {
    ($path:literal, $action:ident, $page:path) => {
        Route {
            run: |desk, ask| {
                Box::pin(async move {
                    match $page(desk, ask).await {
                        Err(crate::AppError::NotFound) => {
                            pages::numbers::elsewhere(desk, ask).await
                        }
                        shown => shown,
                    }
                })
            },
            ..get!($path, $action, $page)
        }
    };
}

macro_rules! post {
    ($path:literal, $action:ident, $call:path) => {
        Route {
            verb: Verb::Post,
            path: $path,
            action: Action::$action,
            run: handler!($call),
            form_page: None,
            takes_files: false,
            share: Share::Forms,
        }
    };
    ($path:literal, $action:ident, $call:path, $page:path) => {
        Route {
            verb: Verb::Post,
            path: $path,
            action: Action::$action,
            run: handler!($call),
            form_page: Some(handler!($page)),
            takes_files: false,
            share: Share::Forms,
        }
    };
}
