//go:build prometheus && unix

package prometheus

import (
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

const (
	rulesFile     = "../../packaging/prometheus/sessiond.rules.yaml"
	dashboardFile = "../../packaging/grafana/sessiond.json"
)

// Prometheus itself says that the rules are rules and does what their tests
// say.
func TestAlertRules(t *testing.T) {
	for _, args := range [][]string{
		{"check", "rules", filepath.Base(rulesFile)},
		{"test", "rules", "sessiond.rules.test.yaml"},
	} {
		cmd := exec.CommandContext(t.Context(), "promtool", args...)
		cmd.Dir = filepath.Dir(rulesFile)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

// A real Prometheus scrapes a real daemon, and knows an answer to everything that
// the dashboard and the rules ask.
func TestPrometheusKnowsAnAnswer(t *testing.T) {
	root := t.TempDir()
	write := func(name string, fields ...string) {
		t.Helper()
		key := harness.KeyOf("K7QX2M9TRB.com.example.Contacts", name)
		c := harness.NewContent(key)
		for _, field := range fields {
			harness.Must(t, c.Set(field))
		}
		harness.Must(t, harness.Replace(harness.FileOf(root, key), c.Bytes()))
	}
	write("anna")
	write("ben", "status=pending")
	write("broken", "status=neither")
	d := harness.Launch(t, root, "--metrics-listen", "127.0.0.1:0", "--max-file-size", "4KiB", "--resync", "1s")
	d.Reach(t, "at rest", func(s *api.Status) bool { return !s.Busy && len(s.Unsettled) == 0 })
	d.FullPass(t) // the last success that the dashboard asks for
	// From here on no pass can judge everything.
	write("large", "parameters.more="+strings.Repeat("x", 4096))
	write("dora") // not in memory
	address, err := harness.LoggedMetricsAddress(d.LogFile())
	harness.Must(t, err)
	p := startPrometheus(t, address)

	queries := p.dashboardQueries(t)
	for _, rule := range p.rules(t) {
		for _, selector := range regexp.MustCompile(`(sessiond_\w+|up)(\{[^}]*\})?`).FindAllString(rule.Query, -1) {
			queries[rule.Name+": "+selector] = selector
		}
	}
	edits := 0
	for what, query := range queries {
		if !harness.Eventually(func() bool {
			edits++
			write("anna", "email="+strconv.Itoa(edits)+"@example.com") // a rate needs something that grows
			return p.knows(t, query)
		}) {
			t.Errorf("%s: there is no answer to %s", what, query)
		}
	}
	t.Logf("%d queries have an answer", len(queries))

	pending := map[string]bool{"SessiondFilesRejected": false, "SessiondFilesUnreadable": false}
	if !harness.Eventually(func() bool {
		for _, rule := range p.rules(t) {
			if rule.Health == "err" {
				t.Fatalf("the rule %s: %s", rule.Name, rule.LastError)
			}
			if rule.Health != "ok" {
				return false
			}
			if _, wanted := pending[rule.Name]; wanted {
				pending[rule.Name] = rule.State == "pending"
			}
		}
		return !slices.Contains(slices.Collect(maps.Values(pending)), false)
	}) {
		t.Errorf("these are not all pending: %v", pending)
	}
}

// prometheus is a running Prometheus.
type prometheus struct{ address string }

// startPrometheus runs a Prometheus that scrapes one daemon, with storage of its
// own, until the test ends.
func startPrometheus(t *testing.T, target string) prometheus {
	t.Helper()
	folder := t.TempDir()
	rules, err := filepath.Abs(rulesFile)
	harness.Must(t, err)
	harness.Must(t, os.WriteFile(filepath.Join(folder, "prometheus.yml"), fmt.Appendf(nil, `
global: {scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 500ms}
rule_files: [%q]
scrape_configs:
  - job_name: sessiond
    static_configs: [{targets: [%q]}]
`, rules, target), 0o600))
	logFile := filepath.Join(folder, "log")
	log, err := os.Create(logFile)
	harness.Must(t, err)
	defer log.Close()
	cmd := exec.Command("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
		"--web.listen-address=127.0.0.1:0", "--log.format=logfmt")
	cmd.Dir, cmd.Stderr = folder, log
	harness.Must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // how it ends is not what is tested
		if t.Failed() {
			text, _ := os.ReadFile(logFile)
			t.Logf("Prometheus' log:\n%s", text)
		}
	})
	var p prometheus
	if !harness.Eventually(func() bool {
		text, err := os.ReadFile(logFile)
		harness.Must(t, err)
		told := regexp.MustCompile(`"Listening on" address=(\S+)`).FindSubmatch(text)
		if told == nil {
			return false
		}
		p.address = string(told[1])
		return p.knows(t, `up{job="sessiond"} == 1`)
	}) {
		t.Fatal("Prometheus does not scrape the daemon")
	}
	return p
}

// get asks Prometheus' interface and returns the data of its answer.
func (p prometheus) get(t *testing.T, path string, query url.Values) jsontext.Value {
	t.Helper()
	answer, err := http.Get("http://" + p.address + path + "?" + query.Encode())
	harness.Must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	harness.Must(t, err)
	var said struct {
		Status string         `json:"status"`
		Error  string         `json:"error"`
		Data   jsontext.Value `json:"data"`
	}
	if answer.StatusCode == http.StatusServiceUnavailable { // it is starting
		return jsontext.Value(`{}`)
	}
	if err := json.Unmarshal(text, &said); err != nil || said.Status != "success" {
		t.Fatalf("GET %s %v: %s %s, %v", path, query, answer.Status, said.Error, err)
	}
	return said.Data
}

// knows reports whether there is an answer to a query, with a number in it.
func (p prometheus) knows(t *testing.T, query string) bool {
	t.Helper()
	var data struct {
		Result []struct {
			Value [2]jsontext.Value `json:"value"`
		} `json:"result"`
	}
	harness.Must(t, json.Unmarshal(p.get(t, "/api/v1/query", url.Values{"query": {query}}), &data))
	for _, series := range data.Result {
		value, err := strconv.ParseFloat(strings.Trim(string(series.Value[1]), `"`), 64)
		if err == nil && !math.IsNaN(value) {
			return true
		}
	}
	return false
}

// alertRule is what Prometheus tells of a rule.
type alertRule struct {
	Name      string `json:"name"`
	Query     string `json:"query"`
	State     string `json:"state"`
	Health    string `json:"health"`
	LastError string `json:"lastError"`
}

func (p prometheus) rules(t *testing.T) []alertRule {
	t.Helper()
	var data struct {
		Groups []struct {
			Rules []alertRule `json:"rules"`
		} `json:"groups"`
	}
	harness.Must(t, json.Unmarshal(p.get(t, "/api/v1/rules", nil), &data))
	var all []alertRule
	for _, group := range data.Groups {
		all = append(all, group.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("Prometheus knows no rules")
	}
	return all
}

// dashboardQueries returns the queries of all panels as Grafana would ask them,
// by the panel's title and the query's name, and tries those of the variables.
func (p prometheus) dashboardQueries(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	harness.Must(t, err)
	var dashboard struct {
		Templating struct {
			List []struct {
				Name  string         `json:"name"`
				Type  string         `json:"type"`
				Query jsontext.Value `json:"query"`
			} `json:"list"`
		} `json:"templating"`
		Panels []struct {
			Title   string `json:"title"`
			Targets []struct {
				RefID string `json:"refId"`
				Expr  string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	harness.Must(t, json.Unmarshal(text, &dashboard))
	fill := strings.NewReplacer("$job", "sessiond", "$instance", ".*", "$__rate_interval", "30s").Replace
	for _, variable := range dashboard.Templating.List {
		if variable.Type != "query" {
			continue
		}
		var query struct {
			Query string `json:"query"`
		}
		harness.Must(t, json.Unmarshal(variable.Query, &query))
		asked := regexp.MustCompile(`^label_values\((.*), (\w+)\)$`).FindStringSubmatch(query.Query)
		if asked == nil {
			t.Fatalf("the variable %s asks %s", variable.Name, query.Query)
		}
		var values []string
		harness.Must(t, json.Unmarshal(p.get(t, "/api/v1/label/"+asked[2]+"/values", url.Values{"match[]": {fill(asked[1])}}), &values))
		if len(values) == 0 {
			t.Errorf("the variable %s has no values", variable.Name)
		}
	}
	queries := map[string]string{}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries[panel.Title+" "+target.RefID] = fill(target.Expr)
		}
	}
	if len(queries) == 0 {
		t.Fatal("the dashboard asks nothing")
	}
	return queries
}
