// Makes the turn unmissable beside what is on the page: two soft tones where the fan allowed sound
// (browsers ask for a press first), and a vibration where the device has one. The title is picture.ts's.

let audio: AudioContext | undefined;

/** Called from the press of the sound switch. @returns whether sound is on now. */
export async function toggleSound(): Promise<boolean> {
  if (audio) {
    const closing = audio;
    audio = undefined;
    await closing.close();
    return false;
  }
  try {
    audio = new AudioContext();
    await audio.resume();
    tone(audio, 660, 0, 0.15);
    return true;
  } catch {
    audio = undefined;
    return false;
  }
}

export function signalTurn(): void {
  // Without an earlier press the browser refuses both, which is its good right.
  navigator.vibrate?.([240, 120, 240]);
  if (!audio) return;
  for (const [at, pitch] of [660, 880, 660, 880].entries()) tone(audio, pitch, at * 0.28, 0.5);
}

function tone(context: AudioContext, pitch: number, afterSec: number, forSec: number): void {
  const start = context.currentTime + afterSec;
  const oscillator = new OscillatorNode(context, { frequency: pitch });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(0.25, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, start + forSec);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + forSec);
}
