//! Randomness, passed in: the system's for real work, seeded for a rehearsal that must come out the same twice.

use std::sync::{Arc, Mutex, PoisonError};

use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// A shared source of random bytes. Clones draw from the same stream; [`Entropy::fork`] gives a stream of its own,
/// so that the order in which tasks run cannot change what each draws.
#[derive(Clone)]
pub struct Entropy {
    generator: Arc<Mutex<ChaCha20Rng>>,
    seed: [u8; 32],
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy(..)")
    }
}

impl Entropy {
    /// Seeded by the operating system: for keys, secrets and ids that are used for real.
    pub fn system() -> Self {
        Self::from_seed(rand::random())
    }

    /// The same stream for the same number. Never for a key that is used outside a rehearsal.
    pub fn seeded(seed: u64) -> Self {
        Self::from_seed(Sha256::digest(seed.to_le_bytes()).into())
    }

    fn from_seed(seed: [u8; 32]) -> Self {
        Self { generator: Arc::new(Mutex::new(ChaCha20Rng::from_seed(seed))), seed }
    }

    /// An independent stream that depends only on this one's seed and the label.
    pub fn fork(&self, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(label.as_bytes());
        Self::from_seed(hash.finalize().into())
    }

    /// Fills an array.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut out);
        out
    }

    /// Uniform in 0 (included) to 1 (excluded).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub fn unit(&self) -> f64 {
        (u64::from_le_bytes(self.bytes()) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// 128 random bits as 32 hex digits: an object id that fits OpenADR's `[a-zA-Z0-9_-]{1,128}`.
    pub fn id(&self) -> String {
        self.bytes::<16>().iter().map(|b| format!("{b:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_stream_and_a_fork_does_not_depend_on_order() {
        let (a, b) = (Entropy::seeded(7), Entropy::seeded(7));
        let forked_first = a.fork("agent").id();
        let drawn = a.id();
        assert_eq!(drawn, b.id());
        assert_eq!(forked_first, b.fork("agent").id());
        assert_ne!(drawn, Entropy::seeded(8).id());
        assert!((0.0..1.0).contains(&a.unit()));
    }
}
