// The Helm chart, rendered and judged: every manifest against Kubernetes' schemas, every setting against
// the table that the roles read, every probe and every path against the table of routes. Each judgement is
// shown a planted error that it must see.

import { describe, expect, test } from "bun:test";
import { commands } from "../../src/cli/commands.ts";
import { roleOptions } from "../../src/cli/settings/role-options.ts";
import { pages } from "../../src/web/pages.ts";
import { type Route, routes } from "../../src/wire/routes.ts";
import { chartDefaults, leastValues, type Manifest, renderChart, type Tree } from "./chart.ts";
import { schemaFindings } from "./schemas.ts";

const roles = ["box-office", "gateway", "worker"];
const full: Tree = {
  origins: { gateway: "https://queue.example.org", shop: "https://tickets.example.org" },
  image: { repository: "registry.example.org/usher", digest: `sha256:${"0".repeat(64)}` },
  imagePullSecrets: [{ name: "pull" }],
  payments: { sandbox: { address: "http://sandbox:8081", keysSecret: "sandbox-keys" } },
  settings: { USHER_TRUSTED_PROXIES: "10.0.0.0/8", USHER_PAYMENTS: "stripe" },
  roles: {
    "box-office": { secrets: { USHER_STRIPE_SECRET_KEY: "stripe-key" } },
    worker: { secrets: { USHER_STRIPE_SECRET_KEY: "stripe-key" } },
  },
  networkPolicy: { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] },
  nodeSelector: { pool: "usher" },
  tolerations: [{ key: "usher", operator: "Exists" }],
  podAnnotations: { team: "tickets" },
  priorityClassName: "high",
};
const installations: [string, Tree][] = [
  ["the least values", leastValues],
  ["everything set", full],
];

const of = (manifests: readonly Manifest[], kind: string) =>
  manifests.filter((manifest) => manifest.kind === kind);
type Pod = {
  metadata: { labels: Record<string, string> };
  spec: {
    terminationGracePeriodSeconds: number;
    containers: {
      args: string[];
      image: string;
      env: { name: string; value: string }[];
      ports: { name: string; containerPort: number }[];
      resources: { requests: { cpu: string } };
      startupProbe: Probe;
      readinessProbe: Probe;
      livenessProbe: Probe;
    }[];
  };
};
type Probe = { httpGet: { path: string; port: string } };

const podOf = (deployment: Manifest): Pod => (deployment["spec"] as { template: Pod }).template;
const containerOf = (deployment: Manifest) => podOf(deployment).spec.containers[0]!;
const specOf = <Spec>(manifest: Manifest): Spec => manifest["spec"] as Spec;

const dataOf = (manifests: readonly Manifest[]) =>
  of(manifests, "ConfigMap")[0]!["data"] as Record<string, string>;

const known = new Set(
  Object.values(roleOptions).flatMap((row) =>
    "env" in row && row.env !== undefined ? [row.env, `${row.env}_FILE`] : [],
  ),
);
function settingsOf(manifests: readonly Manifest[]): string[] {
  const own = of(manifests, "Deployment").flatMap((deployment) =>
    containerOf(deployment).env.map(({ name }) => name),
  );
  return [...Object.keys(dataOf(manifests)), ...own];
}

describe.each(installations)("the chart with %s", (_, values) => {
  const { manifests } = renderChart(values);

  test("is valid by Kubernetes' schemas", () => {
    expect(manifests.flatMap(schemaFindings)).toEqual([]);
    const kinds = new Set(manifests.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      "ConfigMap",
      "Deployment",
      "HorizontalPodAutoscaler",
      "Ingress",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
    ]);
  });

  test("names each thing once", () => {
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test("sets nothing that the roles do not know", () => {
    const names = settingsOf(manifests);
    expect(names).toContain("USHER_DATABASE_FILE");
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  test("runs one deployment a role, with a command that exists", () => {
    const args = of(manifests, "Deployment").map((each) => containerOf(each).args);
    expect(args).toEqual(roles.map((role) => [role]));
    const names = commands.map(({ name }) => name);
    for (const role of roles) expect(names).toContain(role);
  });

  test("probes what every process answers", () => {
    for (const deployment of of(manifests, "Deployment")) {
      const { ports, env, startupProbe, readinessProbe, livenessProbe } = containerOf(deployment);
      expect(startupProbe.httpGet).toEqual({ path: routes.healthLive, port: "http" });
      expect(livenessProbe.httpGet).toEqual({ path: routes.healthLive, port: "http" });
      expect(readinessProbe.httpGet).toEqual({ path: routes.healthReady, port: "http" });
      const port = env.find(({ name }) => name === "USHER_PORT")?.value;
      expect(ports).toEqual([
        expect.objectContaining({ name: "http", containerPort: Number(port) }),
      ]);
    }
  });

  test("selects pods by labels that they have, and by role", () => {
    const pods = of(manifests, "Deployment").map((deployment) => podOf(deployment).metadata.labels);
    const chosen = (selector: Record<string, string>) =>
      pods
        .filter((labels) => Object.entries(selector).every(([key, text]) => labels[key] === text))
        .map((labels) => labels["app.kubernetes.io/component"]);
    const component = (manifest: Manifest) =>
      manifest.metadata.labels?.["app.kubernetes.io/component"];
    type Labels = { matchLabels: Record<string, string> };
    for (const manifest of manifests) {
      const spec = (manifest["spec"] ?? {}) as { selector?: unknown; podSelector?: unknown };
      const selector =
        manifest.kind === "Service"
          ? (spec.selector as Record<string, string>)
          : ((spec.selector ?? spec.podSelector) as Labels | undefined)?.matchLabels;
      if (selector !== undefined) expect(chosen(selector)).toEqual([component(manifest)]);
    }
  });

  test("gives a pod longer to end than it drains", () => {
    const drain = dataOf(manifests)["USHER_DRAIN_SECONDS"];
    for (const deployment of of(manifests, "Deployment")) {
      const { terminationGracePeriodSeconds } = podOf(deployment).spec;
      expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(Number(drain) + 20);
    }
  });

  test("scales as the mission says", () => {
    const scalers = of(manifests, "HorizontalPodAutoscaler");
    expect(scalers.map(({ metadata }) => metadata.name)).toEqual([
      "usher-box-office",
      "usher-gateway",
    ]);
    for (const scaler of scalers) {
      expect(specOf(scaler)).toMatchObject({
        minReplicas: 10,
        maxReplicas: 100,
        scaleTargetRef: { kind: "Deployment", name: scaler.metadata.name },
        metrics: [
          { resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } },
        ],
        behavior: { scaleUp: { stabilizationWindowSeconds: 0 } },
      });
      // A share of the request is measured, so there has to be one; and a count beside a scaler fights it.
      const deployment = manifests.find(
        ({ kind, metadata }) => kind === "Deployment" && metadata.name === scaler.metadata.name,
      )!;
      expect(containerOf(deployment).resources.requests.cpu).toBeTruthy();
      expect(specOf<Tree>(deployment)).not.toHaveProperty("replicas");
    }
  });

  test("holds no secret: only the names of files", () => {
    expect(of(manifests, "Secret")).toEqual([]);
    const secret = ["USHER_DATABASE", "USHER_REDIS", "USHER_SMTP"];
    expect(settingsOf(manifests).filter((name) => secret.includes(name))).toEqual([]);
    expect(renderChart(values).text).not.toMatch(/(postgres(ql)?|rediss?|smtps?):\/\//);
    const [, gateway, worker] = of(manifests, "Deployment") as [Manifest, Manifest, Manifest];
    const files = (deployment: Manifest) =>
      containerOf(deployment)
        .env.map(({ name }) => name)
        .filter((name) => name.endsWith("_FILE"));
    expect(files(worker)).toContain("USHER_SMTP_FILE");
    expect(files(gateway).sort()).toEqual(["USHER_DATABASE_FILE", "USHER_REDIS_FILE"]);
  });

  test("leads every route to the role that answers it, and none to probes and metrics", () => {
    const unrouted: Route[] = ["health", "healthLive", "healthReady", "metrics", "deskApi"];
    const { gateway: gatewayHost, shop: shopHost } = hostsOf(values);
    for (const [route, pattern] of Object.entries(routes) as [Route, string][]) {
      const path = pattern.replace(/:[a-zA-Z]+/g, "x");
      const owner = ownerOf(route, pattern);
      const host = owner === "gateway" ? gatewayHost : shopHost;
      const found = backendOf(manifests, host, path);
      if (unrouted.includes(route)) continue;
      expect({ route, to: found }).toEqual({ route, to: `usher-${owner}` });
    }
    for (const host of [gatewayHost, shopHost]) {
      for (const path of ["/metrics", "/health", "/health/live", "/health/ready", "/nothing"]) {
        expect(backendOf(manifests, host, path)).toBeUndefined();
      }
    }
    expect(backendOf(manifests, shopHost, "/assets/shop-1.js")).toBe("usher-box-office");
  });
});

const hostsOf = (values: Tree) => {
  const { gateway, shop = gateway } = values["origins"] as { gateway: string; shop?: string };
  return { gateway: new URL(gateway).host, shop: new URL(shop).host };
};

function ownerOf(route: Route, pattern: string): "gateway" | "box-office" {
  const page = pages.find((entry) => entry.page === route);
  return page?.of ?? (pattern.startsWith("/q/") ? "gateway" : "box-office");
}

type Rule = { host: string; http: { paths: Path[] } };
type Path = {
  path: string;
  pathType: "Exact" | "Prefix";
  backend: { service: { name: string } };
};

/** As the Ingress API says: exact before prefix, the longest first, whole segments only. */
function backendOf(manifests: readonly Manifest[], host: string, path: string): string | undefined {
  const [ingress] = of(manifests, "Ingress");
  const rule = specOf<{ rules: Rule[] }>(ingress!).rules.find((each) => each.host === host);
  const fits = (each: Path) =>
    each.pathType === "Exact"
      ? path === each.path
      : path === each.path || path.startsWith(`${each.path}/`);
  const found = (rule?.http.paths ?? [])
    .filter(fits)
    .sort((a, b) => Number(b.pathType === "Exact") - Number(a.pathType === "Exact"))
    .sort((a, b) => b.path.length - a.path.length);
  return found[0]?.backend.service.name;
}

test("two hosts: each sends on what is a page of the other", () => {
  const { manifests } = renderChart(full);
  expect(backendOf(manifests, "queue.example.org", "/s/x")).toBe("usher-gateway");
  expect(backendOf(manifests, "tickets.example.org", "/w/x")).toBe("usher-box-office");
  expect(backendOf(manifests, "queue.example.org", "/api/on-sales")).toBeUndefined();
});

test("a change of whatever the pods read at their start rolls them", () => {
  const podsWith = (values: Tree) =>
    of(renderChart({ ...leastValues, ...values }).manifests, "Deployment").map(podOf);
  const before = podsWith({});
  for (const values of [
    { origins: { ...(leastValues["origins"] as Tree), shop: "https://shop.example.org" } },
    { settings: { ...(leastValues["settings"] as Tree), USHER_LOG_LEVEL: "debug" } },
    { payments: { sandbox: { address: "http://sandbox:8081", keysSecret: "" } } },
    { drainSeconds: 20 },
  ]) {
    for (const [nth, pod] of podsWith(values).entries()) expect(pod).not.toEqual(before[nth]!);
  }
});

describe("the chart refuses", () => {
  test.each([
    ["no origin", { origins: { gateway: "" } }, "origins.gateway is needed"],
    ["an origin that is not HTTPS", { origins: { gateway: "http://a.org" } }, "begins with https"],
    ["more pools than the database has room for", { database: { maxConnections: 1000 } }, "1588"],
    ["no Secret", { secrets: { name: "" } }, "secrets.name is needed"],
    ["an ingress that is not believed", { settings: {} }, "USHER_TRUSTED_PROXIES is needed"],
  ])("%s", (_, values: Tree, says) => {
    expect(() => renderChart({ ...leastValues, ...values })).toThrow(says);
  });
});

describe("the judges see", () => {
  const deployment = () => structuredClone(of(renderChart().manifests, "Deployment")[0]!);

  test("a field that does not exist", () => {
    const planted = deployment();
    (podOf(planted).spec as Tree)["terminationGraceSeconds"] = 3;
    expect(schemaFindings(planted)).toEqual([
      "Deployment usher-box-office: the schema knows no field /spec/template/spec/terminationGraceSeconds",
    ]);
  });

  test("a value of another type", () => {
    const planted = deployment();
    (podOf(planted).spec as Tree)["terminationGracePeriodSeconds"] = "soon";
    expect(schemaFindings(planted).join()).toContain("terminationGracePeriodSeconds");
  });

  test("a field that is missing, and a kind or version that is not there", () => {
    const planted = deployment();
    delete (planted["spec"] as Tree)["selector"];
    expect(schemaFindings(planted).join()).toContain("selector");
    expect(schemaFindings({ ...deployment(), apiVersion: "apps/v1beta1" })).toHaveLength(1);
    expect(schemaFindings({ ...deployment(), kind: "Deploiment" })).toHaveLength(1);
  });

  test("a setting that no role reads", () => {
    const settings = { ...(leastValues["settings"] as Tree), USHER_POOLSIZE: "3" };
    const { manifests } = renderChart({ ...leastValues, settings });
    expect(settingsOf(manifests).filter((name) => !known.has(name))).toEqual(["USHER_POOLSIZE"]);
  });
});

test("a ServiceMonitor selects the services, where it is asked for", () => {
  const { manifests } = renderChart({ ...leastValues, serviceMonitor: { enabled: true } });
  const [monitor] = of(manifests, "ServiceMonitor");
  const { selector, endpoints } = specOf<{
    selector: { matchLabels: Tree };
    endpoints: { path: string; port: string }[];
  }>(monitor!);
  expect(endpoints).toMatchObject([{ path: routes.metrics, port: "http" }]);
  for (const service of of(manifests, "Service")) {
    expect(service.metadata.labels).toMatchObject(selector.matchLabels);
  }
});

test("a number among the settings is a text, as the values' schema asks", async () => {
  const schema = await Bun.file(
    `${import.meta.dir}/../../deploy/kubernetes/usher/values.schema.json`,
  ).json();
  expect(schema.definitions.settings.additionalProperties).toEqual({ type: "string" });
  for (const value of Object.values(chartDefaults()["settings"] as Tree)) {
    expect(typeof value).toBe("string");
  }
});
