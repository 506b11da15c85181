//! The rail at the left: one entry a workspace.

use egui::{Button, RichText, Ui, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons;

use super::action::Action;
use super::context::Workspace;

/// The icon of a workspace.
fn icon(workspace: Workspace) -> MaterialIcon {
    match workspace {
        Workspace::Board => icons::ICON_VIEW_TIMELINE,
        Workspace::Compose => icons::ICON_TUNE,
        Workspace::Fleet => icons::ICON_TABLE_ROWS,
        Workspace::Delivery => icons::ICON_SHOW_CHART,
        Workspace::Messages => icons::ICON_SWAP_VERT,
        Workspace::Workshop => icons::ICON_SCHOOL,
        Workspace::Journal => icons::ICON_MENU_BOOK,
        Workspace::Connections => icons::ICON_HUB,
    }
}

/// Draws the rail; the workspace that was picked in this frame. `narrow` leaves the names to the tooltips.
pub fn ui(ui: &mut Ui, current: Workspace, narrow: bool) -> Option<Workspace> {
    let mut picked = None;
    ui.add_space(4.0);
    for workspace in Workspace::ALL {
        let glyph = icon(workspace).rich_text().size(18.0);
        let width = ui.available_width();
        let selected = workspace == current;
        let button = if narrow {
            Button::selectable(selected, glyph)
        } else {
            Button::selectable(selected, (glyph, RichText::new(workspace.name()))).right_text("")
        };
        let keys =
            Action::Show(workspace).shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
        let response = ui
            .add(button.min_size(vec2(width, 30.0)))
            .on_hover_text(format!("{} ({keys})", workspace.name()))
            .accessible_name(workspace.name());
        if response.clicked() {
            picked = Some(workspace);
        }
    }
    picked
}
