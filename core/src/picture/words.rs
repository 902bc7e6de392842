//! Enums whose values have words, the same in every language.

use crate::error::Result;

/// An enum made by [`words!`].
pub(crate) trait Words: Copy + 'static {
    /// The name of the type.
    const NAME: &'static str;
    /// All words, in the order of the values.
    const WORDS: &'static [&'static str];

    /// The value of a word.
    ///
    /// # Errors
    /// `invalid_option` that lists the words.
    fn of_word(word: &str) -> Result<Self>;

    /// The word of a value.
    fn word(self) -> &'static str;
}

/// Makes an enum of its values and their words: the enum, `name()`, `FromStr` and [`Words`]. The
/// text after `as` names the option in errors.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $Name:ident as $what:literal {
            $($(#[$value_meta:meta])* $Value:ident = $word:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[non_exhaustive]
        pub enum $Name {
            $($(#[$value_meta])* $Value,)+
        }

        impl $Name {
            /// Its word, the same in every language.
            ///
            /// ```
            #[doc = concat!("use makeready::", stringify!($Name), ";\n")]
            #[doc = concat!("let word = ", stringify!($Name), "::default().name();")]
            #[doc = concat!("assert_eq!(word.parse::<", stringify!($Name), ">()?, ", stringify!($Name), "::default());")]
            /// # Ok::<(), makeready::Error>(())
            /// ```
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Value => $word,)+
                }
            }
        }

        impl $crate::picture::words::Words for $Name {
            const NAME: &'static str = stringify!($Name);
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn of_word(word: &str) -> $crate::Result<Self> {
                let all = [$(Self::$Value),+];
                $crate::picture::checks::named($what, &all, Self::name, word)
            }

            fn word(self) -> &'static str {
                self.name()
            }
        }

        impl std::str::FromStr for $Name {
            type Err = $crate::Error;

            fn from_str(word: &str) -> $crate::Result<Self> {
                $crate::picture::words::Words::of_word(word)
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fit, Kernel, OnError, Position, Shrink, Subsampling};

    /// Every word gives the value of that name, any other an error that lists the words.
    fn check<T: Words>(words: &str) {
        assert_eq!(T::WORDS.join(", "), words);
        for word in T::WORDS {
            assert_eq!(T::of_word(word).expect("a word of the list").word(), *word);
        }
        let error = T::of_word("Sideways").err().expect("no such word");
        assert_eq!(error.code(), "invalid_option");
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn words_name_values() {
        check::<OnError>("fail, recover");
        check::<Shrink>("off, balanced, fast");
        check::<Fit>("cover, contain, fill, inside, outside");
        check::<Position>(
            "centre, north, north_east, east, south_east, south, south_west, west, north_west, \
             attention, entropy",
        );
        check::<Kernel>("nearest, linear, cubic, mitchell, lanczos2, lanczos3");
        check::<Subsampling>("4:4:4, 4:2:2, 4:2:0");
    }
}
