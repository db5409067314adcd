// The operator's desk: one page with its own addresses below /desk. Signs in, then shows the view that
// the address names. Read next: page.ts (what is shared), frame.tsx, views/.

import { effect } from "@preact/signals";
import { render } from "preact";
import { askWhoIsHere } from "./calls.ts";
import { Frame } from "./frame.tsx";
import { follow, locale, place, reachable, session, setTheme, theme, words } from "./page.ts";
import { Loading, Nothing, Offline } from "./parts/states.tsx";
import { CancelPage } from "./cancelling/cancel-page.tsx";
import { DoorPage } from "./door/door-page.tsx";
import { AuditTrail } from "./views/audit-trail.tsx";
import { HealthPage } from "./views/health-page.tsx";
import { OrderPage } from "./orders/order-page.tsx";
import { OrdersPage } from "./orders/orders-page.tsx";
import { NewSale } from "./new-sale/new-sale.tsx";
import { Overview } from "./views/overview.tsx";
import { PlansPage } from "./views/plans-page.tsx";
import { SalePage } from "./sale/sale-page.tsx";
import { ShopKeys } from "./views/shop-keys.tsx";
import { SignIn } from "./views/sign-in.tsx";

function View() {
  const [first = "", second] = place.value.split("/");
  if (first === "") return <Overview />;
  if (first === "on-sales" && second !== undefined) return <SalePage key={second} id={second} />;
  if (first === "new") return <NewSale />;
  if (first === "plans") return <PlansPage />;
  if (first === "orders" && second !== undefined) return <OrderPage key={second} id={second} />;
  if (first === "orders") return <OrdersPage />;
  if (first === "health") return <HealthPage />;
  if (first === "keys") return <ShopKeys />;
  if (first === "door") return <DoorPage id={second} />;
  if (first === "cancel" && second !== undefined) return <CancelPage key={second} id={second} />;
  if (first === "audit") return <AuditTrail />;
  return <Nothing title={words.value.state.notFound} />;
}

function Desk() {
  const { kind } = session.value;
  if (kind === "out") return <SignIn />;
  if (kind === "in") {
    return (
      <Frame>
        <View />
      </Frame>
    );
  }
  return (
    <div class="alone">
      {reachable.value ? <Loading /> : <Offline again={() => void askWhoIsHere()} />}
    </div>
  );
}

setTheme(theme.value);
effect(() => {
  document.documentElement.lang = locale.value;
  document.title = `${words.value.title} · Usher`;
});
addEventListener("popstate", follow);
addEventListener("online", () => session.value.kind === "unknown" && void askWhoIsHere());
const root = document.getElementById("desk");
if (root) render(<Desk />, root);
void askWhoIsHere();
