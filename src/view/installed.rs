//! Who installed what of Datadog's, and what installers keep of what they were told. Labels of workloads tell Helm and the
//! operator; whether Argo CD stands behind a release of the chart, its Applications tell.

use super::View;
use crate::model::{
    installed::{APPLICATION, Application, Installed, InstalledQuestion},
    installer::Installer,
    observed::{Gap, Observed, Why},
    workload::Workload,
};

impl<'a> View<'a> {
    /// Who installed a workload.
    #[must_use]
    pub fn installer_of(&self, workload: &Workload) -> Installer {
        let labelled = Installer::of(workload);
        let Installer::Helm { namespace, release } = &labelled else { return labelled };
        let (all, _) = self.applications();
        let by = |is_its: fn(&Application, &str, &str) -> bool| {
            all.iter().find(|application| is_its(application, namespace, release))
        };
        let application = by(Application::installs).or_else(|| by(Application::labels));
        application.map_or_else(|| labelled.clone(), Application::installer)
    }

    /// Whose installation would be replaced by this: Argo CD's, where it has installed that very release.
    #[must_use]
    pub fn replaced_by(&self, meant: &Installer) -> Installer {
        let (applications, _) = self.applications_behind(meant);
        applications.first().map_or_else(|| meant.clone(), |application| application.installer())
    }

    /// What was told to whose installation would be replaced by this; `None` where there is none.
    ///
    /// A release of Helm that an Application has taken over stays there, as old as it was.
    ///
    /// # Errors
    /// A gap where that could not be read, or where several Applications install the same.
    pub fn told_to(&self, meant: &Installer) -> Result<Option<&'a Installed>, Gap> {
        let what = format!("the settings of {meant}");
        let (applications, gap) = self.applications_behind(meant);
        if let [application] = applications[..] {
            return Ok(Some(&application.installed));
        }
        if !applications.is_empty() {
            let names: Vec<String> = applications.iter().map(|it| it.installer().to_string()).collect();
            let why = format!("it is installed more than once, by {}", names.join(" and by "));
            return Err(Gap::new(what, Why::Failed(why)));
        }
        let question = InstalledQuestion::about(meant);
        let kept = question.map_or(Observed::Absent, |question| self.snapshot.installed(&question));
        match (kept, gap) {
            (Observed::Seen(installed), _) => Ok(Some(installed)),
            (Observed::Absent, None) => Ok(None),
            (Observed::Absent, Some(gap)) => Err(gap),
            (other, _) => other.seen(&what).map(|installed| Some(*installed)),
        }
    }

    /// The Applications that install this release, and why there may be others.
    fn applications_behind(&self, meant: &Installer) -> (Vec<&'a Application>, Option<Gap>) {
        let Installer::Helm { namespace, release } = meant else { return (Vec::new(), None) };
        let (all, gap) = self.applications();
        (all.iter().filter(|application| application.installs(namespace, release)).collect(), gap)
    }

    /// The Applications that install the chart, and why there may be others: none where nobody serves their kind.
    fn applications(&self) -> (&'a [Application], Option<Gap>) {
        let what = "the Applications of Argo CD, one of which may install it";
        match self.snapshot.applications() {
            Observed::Seen(listed) => {
                (&listed.items, (!listed.complete).then(|| Gap::new(what, Why::Partial)))
            }
            Observed::Absent => (&[], None),
            other if self.may_serve(APPLICATION.0) => (&[], other.seen(what).err()),
            _ => (&[], None),
        }
    }
}
