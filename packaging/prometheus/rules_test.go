// Package prometheus_test holds the alert rules and the dashboard against what
// the daemon tells and what the documents say. Whether Prometheus understands
// them is tried in package e2e/prometheus, which starts one.
package prometheus_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"go.yaml.in/yaml/v3"
)

type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func rules(t *testing.T) []rule {
	t.Helper()
	var file struct {
		Groups []struct {
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "sessiond.rules.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	var all []rule
	for _, group := range file.Groups {
		all = append(all, group.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("there are no rules")
	}
	return all
}

// Who is woken by an alert finds out what it means and what to do.
func TestRulesSayWhatToDo(t *testing.T) {
	tried := read(t, "sessiond.rules.test.yaml")
	runbook := read(t, "../../docs/MONITORING.md")
	for _, r := range rules(t) {
		for _, name := range []string{"summary", "description", "runbook"} {
			if r.Annotations[name] == "" {
				t.Errorf("%s has no %s", r.Alert, name)
			}
		}
		if !slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) {
			t.Errorf("%s has the severity %q", r.Alert, r.Labels["severity"])
		}
		if want := "docs/MONITORING.md#" + strings.ToLower(r.Alert); r.Annotations["runbook"] != want {
			t.Errorf("%s has its runbook at %s, want %s", r.Alert, r.Annotations["runbook"], want)
		}
		if !strings.Contains(runbook, "\n### "+r.Alert+"\n") {
			t.Errorf("%s has no heading in the runbook", r.Alert)
		}
		fires := regexp.MustCompile(`alertname: ` + r.Alert + `\n +exp_alerts:`)
		silent := regexp.MustCompile(`alertname: ` + r.Alert + `}`)
		if !fires.MatchString(tried) || !silent.MatchString(tried) {
			t.Errorf("%s is not tried both ways", r.Alert)
		}
	}
}

type panel struct {
	ID          int    `json:"id"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	GridPos     struct{ X, Y, W, H int }
	Targets     []struct {
		RefID string `json:"refId"`
		Expr  string `json:"expr"`
	} `json:"targets"`
}

func panels(t *testing.T) []panel {
	t.Helper()
	var dashboard struct {
		Panels []panel `json:"panels"`
	}
	if err := json.Unmarshal([]byte(read(t, "../grafana/sessiond.json")), &dashboard, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	return dashboard.Panels
}

// Every metric that is asked for exists, and every one that exists is asked for
// by somebody.
func TestMetricsExist(t *testing.T) {
	asked := map[string]bool{}
	ask := func(expr string) {
		for _, name := range regexp.MustCompile(`\bsessiond_\w+`).FindAllString(expr, -1) {
			for _, suffix := range []string{"_bucket", "_count", "_sum"} {
				name = strings.TrimSuffix(name, suffix)
			}
			asked[name] = true
		}
	}
	for _, r := range rules(t) {
		ask(r.Expr)
	}
	for _, p := range panels(t) {
		for _, target := range p.Targets {
			ask(target.Expr)
		}
	}
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(sessiond_\\w+)`").FindAllStringSubmatch(read(t, "../../docs/METRICS.md"), -1) {
		told[row[1]] = true
	}
	for name := range asked {
		if !told[name] {
			t.Errorf("nothing tells %s", name)
		}
	}
	// This one only says how many labels another could have.
	unasked := []string{"sessiond_apps"}
	for name := range told {
		if !asked[name] && !slices.Contains(unasked, name) {
			t.Errorf("nobody asks for %s", name)
		}
	}
}

// The dashboard's panels have what they need, and none hides another.
func TestDashboardIsWhole(t *testing.T) {
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range panels(t) {
		if ids[p.ID] {
			t.Errorf("%q has the number of another panel", p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok || x >= 24 {
					t.Fatalf("%q has no room: it is where %q is, or beyond the edge", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 || p.GridPos.W == 0 || p.GridPos.H == 0 {
			t.Errorf("panel %d, %q, lacks something", p.ID, p.Title)
		}
		refs := map[string]bool{}
		for _, target := range p.Targets {
			if refs[target.RefID] || target.Expr == "" {
				t.Errorf("%q: the query %q is empty or not the only one of its name", p.Title, target.RefID)
			}
			refs[target.RefID] = true
		}
	}
}
