//! Long lists, page by page: of each page only the facts are kept, so that memory grows with these and not with what the API
//! server sends.

use super::{
    cluster::{Cluster, Refusal},
    decode::{self, DecodeError},
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
            let (page, after) = self
                .get(&path, None, |value| {
                    let after = value["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
                    Ok::<_, DecodeError>((decode::addresses(&value)?, after))
                })
                .await?;
            all.items.extend(page.items);
            all.complete = page.complete;
            next = format!("&continue={}", super::cluster::percent_encoded(&after));
        }
        Ok(Answer::Nodes(all))
    }
}
