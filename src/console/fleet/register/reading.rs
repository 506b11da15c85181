//! A register is read, and held against everyone who is known, on a thread of its own: no frame waits for the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use crate::dispatch::OperatorId;
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::register::{Additions, additions};
use crate::profile::text_file;

/// What a register brings, or everything that is wrong with it.
pub type Read = Result<Additions, Vec<FileFault>>;

/// One register at a time.
#[derive(Default)]
pub struct Reading {
    under_way: Option<(PathBuf, Receiver<Read>)>,
}

impl Reading {
    /// Whether one is being read.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Reads one against who is `known`, at a desk that signs for these operators.
    pub fn begin(
        &mut self,
        ctx: &egui::Context,
        path: PathBuf,
        known: Arc<FleetProfile>,
        operators: Vec<OperatorId>,
    ) {
        let (tell, told) = channel();
        let (ctx, of, telling) = (ctx.clone(), path.clone(), tell.clone());
        let work = move || {
            // The window may be gone by now; nobody is left to tell then.
            telling.send(read(&of, &known, &operators)).ok();
            ctx.request_repaint();
        };
        if let Err(fault) = thread::Builder::new().name("register".to_owned()).spawn(work) {
            tell.send(Err(vec![whole(&path, format!("could not be read ({fault}): read it again"))])).ok();
        }
        self.under_way = Some((path, told));
    }

    /// What came of it, once.
    pub fn settled(&mut self) -> Option<(PathBuf, Read)> {
        let (path, told) = self.under_way.as_ref()?;
        let read = match told.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(read) => read,
            Err(TryRecvError::Disconnected) => {
                Err(vec![whole(path, "could not be read to its end: read it again".to_owned())])
            }
        };
        self.under_way.take().map(|(path, _)| (path, read))
    }
}

fn read(path: &Path, known: &FleetProfile, operators: &[OperatorId]) -> Read {
    let text = text_file::read(path).map_err(|fault| vec![fault])?;
    additions(&path.display().to_string(), &text, known, operators)
}

/// A fault of the file as a whole.
fn whole(path: &Path, message: String) -> FileFault {
    FileFault { file: path.display().to_string(), line: None, field: String::new(), message }
}
