//! How messages are declared: one enum of kinds, one of messages, and a struct for each with its variables.

macro_rules! messages {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $code:literal, $label:literal, $topic:ident {
            $( #[doc = $about:literal] $(#[serde($($serde:tt)+)])? $field:ident: $type:ty, )+
        }
    )+) => {
        /// Which message it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MessageKind { $( $(#[doc = $doc])+ $name, )+ }

        impl MessageKind {
            /// Every message, in the order of this file.
            pub const ALL: &[MessageKind] = &[$( MessageKind::$name ),+];

            /// As it is stored.
            pub const fn code(self) -> &'static str {
                match self { $( MessageKind::$name => $code, )+ }
            }

            /// As lists call it.
            pub const fn label(self) -> &'static str {
                match self { $( MessageKind::$name => $label, )+ }
            }

            /// What one prefers for it is preferred for the whole topic.
            pub const fn topic(self) -> Topic {
                match self { $( MessageKind::$name => Topic::$topic, )+ }
            }

            /// What its words are made of.
            pub const fn variables(self) -> &'static [Variable] {
                match self { $( MessageKind::$name => &[
                    $( Variable { name: stringify!($field), about: $about } ),+
                ], )+ }
            }
        }

        /// What happened, with everything that its words are made of.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Message { $( $(#[doc = $doc])+ $name($name), )+ }

        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name {
                $( #[doc = $about] $(#[serde($($serde)+)])? pub $field: $type, )+
            }

            impl From<$name> for Message {
                fn from(message: $name) -> Message { Message::$name(message) }
            }
        )+

        impl Message {
            /// Which message it is.
            pub fn kind(&self) -> MessageKind {
                match self { $( Message::$name(_) => MessageKind::$name, )+ }
            }

            /// Its words.
            pub fn said(&self) -> Said {
                match self { $( Message::$name(message) => message.said(), )+ }
            }

            pub(super) fn data(&self) -> Value {
                match self { $( Message::$name(message) => json!(message), )+ }
            }

            pub(super) fn of_data(kind: MessageKind, data: Value) -> Result<Message, String> {
                Ok(match kind { $(
                    MessageKind::$name => {
                        serde_json::from_value::<$name>(data).map_err(|error| error.to_string())?.into()
                    }
                )+ })
            }
        }
    };
}

pub(super) use messages;
