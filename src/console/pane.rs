//! Where the pane of what is in hand stands in each workspace: at the right, below or at the left. A person moves it with
//! one key, and it is remembered from one session to the next.

use std::ops::RangeInclusive;

use egui::{Context, Id, Panel, Ui};
use serde::{Deserialize, Serialize};

use super::context::Workspace;

/// Where a pane stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// At the right.
    #[default]
    Right,
    /// Below.
    Below,
    /// At the left.
    Left,
}

impl Place {
    /// In words: `at the right`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Right => "at the right",
            Self::Below => "below",
            Self::Left => "at the left",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Right => Self::Below,
            Self::Below => Self::Left,
            Self::Left => Self::Right,
        }
    }
}

/// Whether a workspace has such a pane.
pub fn is_in(workspace: Workspace) -> bool {
    match workspace {
        Workspace::Board
        | Workspace::Compose
        | Workspace::Fleet
        | Workspace::Delivery
        | Workspace::Messages
        | Workspace::Journal => true,
        Workspace::Workshop | Workspace::Connections => false,
    }
}

/// Where it stands in a workspace.
pub fn place(ctx: &Context, workspace: Workspace) -> Place {
    ctx.data_mut(|data| data.get_persisted(id(workspace))).unwrap_or_default()
}

/// Moves it on: from the right to below, to the left, and back; where it stands then.
pub fn move_on(ctx: &Context, workspace: Workspace) -> Place {
    let next = place(ctx, workspace).next();
    ctx.data_mut(|data| data.insert_persisted(id(workspace), next));
    next
}

/// The pane of a workspace where it stands, of this name, and as wide as this where it stands beside. Each place has a size
/// of its own.
pub fn panel(
    ui: &Ui,
    workspace: Workspace,
    name: &'static str,
    width: f32,
    range: RangeInclusive<f32>,
) -> Panel {
    let height = ui.available_height();
    let panel = match place(ui.ctx(), workspace) {
        Place::Right => Panel::right(name).default_size(width).size_range(range),
        Place::Left => Panel::left(Id::unique((name, "left"))).default_size(width).size_range(range),
        Place::Below => Panel::bottom(Id::unique((name, "below")))
            .default_size(height * 0.42)
            .size_range((height * 0.2).min(120.0)..=height * 0.75),
    };
    panel.resizable(true)
}

fn id(workspace: Workspace) -> Id {
    Id::unique(("place of the pane", workspace.name()))
}
