// Package deploy holds the files of deploy/ to what Docker Compose and Kubernetes read: every key is known, what is named is there.
package deploy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

func TestComposeFile(t *testing.T) {
	const folder = "../../deploy"
	file := filepath.Join(folder, "compose.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{WorkingDir: folder, ConfigFiles: []types.ConfigFile{{Filename: file, Content: text}}, Environment: types.Mapping{}})
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]int{} // by command
	for name, s := range project.Services {
		if s.Image != "isobar" {
			continue
		}
		ours[s.Command[0]]++
		if s.Build == nil || !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.Restart == "" {
			t.Errorf("%s: not built, or not as confined as it should be: %+v", name, s)
		}
		for _, v := range s.Volumes {
			if v.Type == "bind" {
				if _, err := os.Stat(v.Source); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
	for command, want := range map[string]int{"serve": 2, "ingest": 2, "probe": 1, "gateway": 1} {
		if ours[command] != want {
			t.Errorf("%d services run %s, want %d", ours[command], command, want)
		}
	}
	members := 0
	for name, s := range project.Services {
		if s.Image == "mongo:8" && slices.Contains(s.Command, "--replSet") {
			if members++; s.HealthCheck == nil {
				t.Errorf("%s: no health check", name)
			}
		}
	}
	if members != 3 {
		t.Errorf("%d members of the replica set, want 3", members)
	}
}

// kinds are the Kubernetes kinds that are used.
var kinds = map[string]reflect.Type{
	"v1/ConfigMap": reflect.TypeFor[core.ConfigMap](), "v1/Service": reflect.TypeFor[core.Service](), "v1/PersistentVolumeClaim": reflect.TypeFor[core.PersistentVolumeClaim](),
	"apps/v1/Deployment": reflect.TypeFor[apps.Deployment](), "apps/v1/StatefulSet": reflect.TypeFor[apps.StatefulSet](), "policy/v1/PodDisruptionBudget": reflect.TypeFor[policy.PodDisruptionBudget](),
	"autoscaling/v2/HorizontalPodAutoscaler": reflect.TypeFor[autoscaling.HorizontalPodAutoscaler](), "networking.k8s.io/v1/NetworkPolicy": reflect.TypeFor[networking.NetworkPolicy](),
	"networking.k8s.io/v1/Ingress": reflect.TypeFor[networking.Ingress](),
}

// manifests are all objects of the folder, decoded strictly: an unknown key is an error.
func manifests(t *testing.T) (all []any) {
	t.Helper()
	files, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests, %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range strings.Split(string(text), "\n---\n") {
			var head meta.TypeMeta
			if err := yaml.Unmarshal([]byte(part), &head); err != nil {
				t.Fatalf("%s, part %d: %v", file, i, err)
			}
			kind := kinds[head.APIVersion+"/"+head.Kind]
			if kind == nil {
				t.Fatalf("%s, part %d: kind %s/%s is not known here", file, i, head.APIVersion, head.Kind)
			}
			object := reflect.New(kind).Interface()
			if err := decode([]byte(part), object); err != nil {
				t.Fatalf("%s, %s: %v", file, head.Kind, err)
			}
			all = append(all, object)
		}
	}
	return all
}

// decode reads an object as the API server does: every key is known, in its own case, and there once.
func decode(text []byte, object any) error {
	plain, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return err
	}
	strict, err := json.UnmarshalStrict(plain, object)
	return errors.Join(append(strict, err)...)
}

func TestWrongManifestsAreFound(t *testing.T) {
	for _, text := range []string{"{spec: {replica: 1}}", "{spec: {Replicas: 1}}", "{spec: {replicas: many}}", "{spec: {replicas: 1, replicas: 2}}"} {
		if err := decode([]byte(text), &apps.Deployment{}); err == nil {
			t.Errorf("%s passes", text)
		}
	}
}

// workload is what the kinds that run pods have in common.
type workload struct {
	name     string
	selector map[string]string
	template core.PodTemplateSpec
	claims   []core.PersistentVolumeClaim
}

func workloads(all []any) (found []workload) {
	for _, object := range all {
		switch o := object.(type) {
		case *apps.Deployment:
			found = append(found, workload{o.Name, o.Spec.Selector.MatchLabels, o.Spec.Template, nil})
		case *apps.StatefulSet:
			found = append(found, workload{o.Name, o.Spec.Selector.MatchLabels, o.Spec.Template, o.Spec.VolumeClaimTemplates})
		}
	}
	return found
}

// within tells that labels have all that a selector asks for.
func within(selector, labels map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

func TestPodsAreConfined(t *testing.T) {
	all := manifests(t)
	found := workloads(all)
	if len(found) < 4 {
		t.Fatalf("%d workloads", len(found))
	}
	for _, w := range found {
		s := w.template.Spec
		if !within(w.selector, w.template.Labels) {
			t.Errorf("%s: its selector does not find its own pods", w.name)
		}
		if c := s.SecurityContext; c == nil || c.RunAsNonRoot == nil || !*c.RunAsNonRoot || c.SeccompProfile == nil {
			t.Errorf("%s: may be root", w.name)
		}
		if s.AutomountServiceAccountToken == nil || *s.AutomountServiceAccountToken {
			t.Errorf("%s: has a token that it does not need", w.name)
		}
		for _, c := range s.Containers {
			x := c.SecurityContext
			if x == nil || x.ReadOnlyRootFilesystem == nil || !*x.ReadOnlyRootFilesystem || x.AllowPrivilegeEscalation == nil || *x.AllowPrivilegeEscalation || len(x.Capabilities.Drop) == 0 {
				t.Errorf("%s: %s may write or rise", w.name, c.Name)
			}
			if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
				t.Errorf("%s: %s has no bounds", w.name, c.Name)
			}
		}
	}
}

func TestWhatIsNamedIsThere(t *testing.T) {
	all := manifests(t)
	keys := map[string]bool{} // of ConfigMaps: "isobar/server.yaml"
	for _, object := range all {
		if m, ok := object.(*core.ConfigMap); ok {
			for key := range m.Data {
				keys[m.Name+"/"+key] = true
			}
		}
	}
	found := workloads(all)
	for _, w := range found {
		volumes := map[string]string{} // the ConfigMap, or ""
		for _, v := range w.template.Spec.Volumes {
			volumes[v.Name] = ""
			if v.ConfigMap != nil {
				volumes[v.Name] = v.ConfigMap.Name
			}
		}
		for _, c := range w.claims {
			volumes[c.Name] = ""
		}
		for _, c := range w.template.Spec.Containers {
			at := map[string]string{} // ConfigMaps by where they are
			for _, m := range c.VolumeMounts {
				of, ok := volumes[m.Name]
				if !ok {
					t.Errorf("%s: no volume %s", w.name, m.Name)
				}
				at[m.MountPath] = of
			}
			for i, arg := range c.Args {
				if i > 0 && c.Args[i-1] == "--config" && !keys[at[filepath.Dir(arg)]+"/"+filepath.Base(arg)] {
					t.Errorf("%s: no %s", w.name, arg)
				}
			}
			for _, p := range []*core.Probe{c.ReadinessProbe, c.LivenessProbe, c.StartupProbe} {
				if p == nil || p.HTTPGet == nil {
					continue
				}
				if !slices.ContainsFunc(c.Ports, func(port core.ContainerPort) bool { return port.Name == p.HTTPGet.Port.StrVal }) {
					t.Errorf("%s: no port %s", w.name, p.HTTPGet.Port.String())
				}
			}
		}
	}
	reached := func(selector map[string]string) bool {
		return slices.ContainsFunc(found, func(w workload) bool { return within(selector, w.template.Labels) })
	}
	for _, object := range all {
		switch o := object.(type) {
		case *core.Service:
			if !reached(o.Spec.Selector) {
				t.Errorf("service %s leads nowhere", o.Name)
			}
		case *policy.PodDisruptionBudget:
			if !reached(o.Spec.Selector.MatchLabels) {
				t.Errorf("budget %s is about nothing", o.Name)
			}
		case *autoscaling.HorizontalPodAutoscaler:
			if !slices.ContainsFunc(found, func(w workload) bool { return w.name == o.Spec.ScaleTargetRef.Name }) {
				t.Errorf("autoscaler %s is about nothing", o.Name)
			}
		case *apps.StatefulSet:
			if !slices.ContainsFunc(all, func(s any) bool { v, ok := s.(*core.Service); return ok && v.Name == o.Spec.ServiceName }) {
				t.Errorf("%s: no service %s", o.Name, o.Spec.ServiceName)
			}
		}
	}
}
