//! Enumerations with a code (stored, sent) and a Chinese label (shown), written once.

/// What is sent as a code and shown as a label.
pub trait Coded: Copy + PartialEq {
    /// The stable code, as stored and sent.
    fn code(self) -> &'static str;
    /// The Chinese label, as shown.
    fn label(self) -> &'static str;
}

/// Declares an enum whose variants carry a stable code and a label. With the feature `sqlx` it is
/// also the PostgreSQL enum of the given name; a test in `store` compares the codes with the database.
/// Without a name it is stored as text with a check, because it grows: `code` and `parse` are its two ways.
macro_rules! coded {
    (
        $(#[$meta:meta])*
        pub enum $name:ident ($pg:literal) {
            $( $(#[$vmeta:meta])* $variant:ident = $code:literal, $label:literal; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = $pg))]
        pub enum $name {
            $(
                $(#[$vmeta])*
                #[serde(rename = $code)]
                #[cfg_attr(feature = "sqlx", sqlx(rename = $code))]
                $variant,
            )+
        }

        impl $name {
            /// The name of the PostgreSQL enum.
            pub const PG_NAME: &str = $pg;
        }

        $crate::coded::coded! { @words $name { $( $variant = $code, $label; )+ } }
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$vmeta:meta])* $variant:ident = $code:literal, $label:literal; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[$vmeta])* #[serde(rename = $code)] $variant, )+
        }

        $crate::coded::coded! { @words $name { $( $variant = $code, $label; )+ } }
    };
    (@words $name:ident { $( $variant:ident = $code:literal, $label:literal; )+ }) => {
        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &[$name] = &[$( $name::$variant ),+];

            /// The stable code, as stored and sent.
            pub const fn code(self) -> &'static str {
                match self { $( $name::$variant => $code ),+ }
            }

            /// The Chinese label, as shown.
            pub const fn label(self) -> &'static str {
                match self { $( $name::$variant => $label ),+ }
            }

            /// The value with this code; the sentence says that it is not one of the choices.
            pub fn parse(code: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
                    .ok_or_else(|| "请从列出的选项中选择。".to_string())
            }
        }

        impl $crate::coded::Coded for $name {
            fn code(self) -> &'static str {
                $name::code(self)
            }

            fn label(self) -> &'static str {
                $name::label(self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }
    };
}
pub(crate) use coded;
