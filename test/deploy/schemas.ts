// Holds a manifest to the schema of its kind, taken from Kubernetes' own OpenAPI (kubernetes-models).
// Those schemas let unknown fields pass, and a mistyped field is the error most often made. So the
// validator gets the manifest through a proxy: a field that it never looked at is one that the schema
// does not know.

import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Service } from "kubernetes-models/v1/Service";
import type { Manifest } from "./chart.ts";

const kinds = {
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  ConfigMap,
  Service,
};

type Kind = { apiVersion: string; prototype: { validate(this: unknown): void } };

/** What is wrong with it, in words; nothing: it is as the schema says. */
export function schemaFindings(manifest: Manifest): string[] {
  const kind = (kinds as Record<string, unknown>)[manifest.kind] as Kind | undefined;
  const what = `${manifest.kind} ${manifest.metadata.name}`;
  if (kind === undefined) return [`${what}: no schema for this kind`];
  if (manifest.apiVersion !== kind.apiVersion) {
    return [`${what}: apiVersion is ${kind.apiVersion}, not ${manifest.apiVersion}`];
  }
  const unread = new Map<string, Set<string>>();
  try {
    kind.prototype.validate.call(watched(manifest, "", unread));
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return [...unread].flatMap(([path, keys]) =>
    [...keys].map((key) => `${what}: the schema knows no field ${path}/${key}`),
  );
}

function watched(value: unknown, path: string, unread: Map<string, Set<string>>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const keys = new Set(Object.keys(value));
  unread.set(path, keys);
  const children = new Map<string, unknown>();
  return new Proxy(value, {
    get(target, key) {
      const child: unknown = Reflect.get(target, key);
      if (typeof key !== "string") return child;
      keys.delete(key);
      if (!children.has(key)) children.set(key, watched(child, `${path}/${key}`, unread));
      return children.get(key);
    },
  });
}
