//! Opening a person's key and signing with it. It takes a part of a second by design, so it is done on a thread.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use crate::console::context::View;
use crate::desk::approval::holds;
use crate::desk::snapshot::{ApprovedBy, OperatorState};
use crate::dispatch::{Approval, Approved, Dispatch, DispatchParts, Holder, Problem, PublicKey};
use crate::openadr::secret::Secret;
use crate::profile::approval::ApprovalRules;
use crate::profile::sealed_key::SealedKey;
use crate::profile::text_file;
use crate::time::UtcTime;

/// Who approved, and what they signed; or why nothing was signed.
type Signed = Result<(ApprovedBy, Approval), String>;

/// A signature that is being made.
pub struct Signing {
    told: Receiver<Signed>,
}

/// What is signed, and what it goes by.
struct Work {
    rules: Arc<ApprovalRules>,
    operators: Vec<OperatorState>,
    dispatches: Vec<DispatchParts>,
    /// Who is signed on.
    on: Option<Holder>,
    now: UtcTime,
}

impl Signing {
    /// Opens the key file with the passphrase and signs these.
    pub fn begin(
        ctx: &egui::Context,
        view: &View<'_>,
        path: &str,
        passphrase: Secret,
        dispatches: Vec<DispatchParts>,
    ) -> Self {
        let (tell, told) = channel();
        let (path, waker) = (Path::new(path).to_owned(), ctx.clone());
        let work = Work {
            rules: Arc::clone(&view.snapshot.approval),
            operators: view.snapshot.operators.clone(),
            dispatches,
            on: view.snapshot.presence.on.as_ref().map(|on| on.name.clone()),
            now: view.clock.now(),
        };
        let kept = tell.clone();
        let task = move || {
            // The window may be gone by now; nobody is left to tell then.
            tell.send(work.sign(&path, &passphrase)).ok();
            waker.request_repaint();
        };
        if let Err(fault) = thread::Builder::new().name("approval".to_owned()).spawn(task) {
            let words =
                format!("the system gives no thread to open the key in ({fault}); nothing was signed");
            kept.send(Err(words)).ok();
        }
        Self { told }
    }

    /// What came of it, once.
    pub fn signed(&mut self) -> Option<Signed> {
        match self.told.try_recv() {
            Ok(signed) => Some(signed),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err("the key could not be opened; nothing was signed".to_owned()))
            }
        }
    }
}

impl Work {
    fn sign(self, path: &Path, passphrase: &Secret) -> Signed {
        let text = text_file::read(path).map_err(|fault| fault.to_string())?;
        let sealed = SealedKey::from_toml(&path.display().to_string(), &text)
            .map_err(|faults| faults.first().map(ToString::to_string).unwrap_or_default())?;
        let dispatches: Vec<Dispatch> = self
            .dispatches
            .into_iter()
            .map(Dispatch::new)
            .collect::<Result<_, _>>()
            .map_err(|problems| problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; "))?;
        let key = sealed.open(passphrase).map_err(|fault| fault.to_string())?;
        let approval = Approved::of(&dispatches, self.now).sign(&key).map_err(|fault| fault.to_string())?;
        let signing: Vec<&PublicKey> = self.operators.iter().flat_map(|o| o.keys.keys()).collect();
        let sent: Vec<&Dispatch> = dispatches.iter().collect();
        let by = holds(&self.rules, &approval, &sent, self.now, signing)
            .map_err(|why| format!("not approved: {why}"))?;
        if self.on.is_some_and(|on| on.is_called(&by.name)) {
            return Err(format!(
                "not approved: {} is signed on and sends it; another person approves it",
                by.who()
            ));
        }
        Ok((by, approval))
    }
}
