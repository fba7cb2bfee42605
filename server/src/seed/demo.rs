use crate::installation::Trouble;
use app::world::World;
pub async fn fill(_: &World, _: u32) -> Result<(), Trouble> {
    Ok(())
}
