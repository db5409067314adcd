// The two ways to call settled by hand what the machine stopped at: the provider has it after all, or it
// went another way. Both want the reason first.

type WayToSettle = "at-provider" | "elsewhere";
type SettleWaysProps = {
  disabled: boolean;
  settle: (how: WayToSettle) => Promise<void>;
  says: Record<WayToSettle, string>;
};

export function SettleWays({ disabled, settle, says }: SettleWaysProps) {
  return (["at-provider", "elsewhere"] as const).map((how) => (
    <button
      key={how}
      type="button"
      class="button"
      disabled={disabled}
      onClick={() => void settle(how)}
    >
      {says[how]}
    </button>
  ));
}
