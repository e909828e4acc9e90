//! Long lists, page by page: of each page only the facts are kept, so that memory grows with these and not with what the API
//! server sends.

use super::{
    cluster::{Cluster, Refusal, percent_encoded},
    decode,
};
use crate::model::{
    answer::{Answer, Listed},
    question::{ListSpec, NODES_OF_A_PAGE},
};

impl Cluster {
    /// Where the kubelets of the nodes are.
    ///
    /// A page that fails, fails the whole: nobody could tell the nodes that it had from those that do not exist.
    pub(super) async fn addresses(&self, spec: &ListSpec) -> Result<Answer, Refusal> {
        let mut all = Listed { items: Vec::new(), complete: false };
        let mut next = String::new();
        while !all.complete && all.items.len() < spec.limit as usize {
            let path = format!("/api/v1/nodes?limit={NODES_OF_A_PAGE}{next}");
            let page = self.get_text(&path, decode::addresses).await?;
            all.items.extend(page.nodes.items);
            all.complete = page.nodes.complete;
            next = format!("&continue={}", percent_encoded(&page.next));
        }
        Ok(Answer::Nodes(all))
    }
}
