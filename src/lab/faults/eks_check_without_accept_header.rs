//! The checks of EKS's controllers were written by hand, without the header that the chart's own switch writes.

use super::Fault;

pub(super) static FAULT: Fault = Fault {
    id: "eks-check-without-accept-header",
    check: "eks-check-without-accept-header",
    distributions: &["eks"],
    change: |spec| {
        for files in spec.objects.iter_mut().filter_map(|object| object["data"].as_object_mut()) {
            for text in files.values_mut() {
                let Some(written) = text.as_str() else { continue };
                *text = written.replace("\n    extra_headers:\n      accept: '*/*'", "").into();
            }
        }
    },
};
