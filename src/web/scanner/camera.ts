// Reads QR codes from a phone's camera: with the browser's own BarcodeDetector where it has one, else
// with a decoder in JavaScript, which only this page carries. Pictures never leave the phone.

import { decodeQR } from "qr/decode.js";

type Detector = { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> };
type DetectorClass = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
};

/** Of the middle of the picture, in pixels: enough for 57 modules, little enough for an old phone. */
const edge = 640;
const pauseMs = 120;

export type Camera = { stop(): void };

/** @throws where there is no camera or it is not allowed. */
export async function openCamera(
  video: HTMLVideoElement,
  onCode: (code: string) => void,
): Promise<Camera> {
  const facing = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: facing });
  video.srcObject = stream;
  await video.play();
  const read = (await nativeReader()) ?? ownReader();
  let stopped = false;
  const round = async () => {
    if (stopped) return;
    const code = document.hidden ? undefined : await read(video).catch(() => undefined);
    if (code !== undefined && !stopped) onCode(code);
    setTimeout(() => void round(), pauseMs);
  };
  void round();
  return {
    stop() {
      stopped = true;
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

type Reader = (video: HTMLVideoElement) => Promise<string | undefined>;

async function nativeReader(): Promise<Reader | undefined> {
  const known = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const formats = (await known?.getSupportedFormats().catch(() => [])) ?? [];
  if (known === undefined || !formats.includes("qr_code")) return undefined;
  const detector = new known({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
}

function ownReader(): Reader {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const { videoWidth, videoHeight } = video;
    const side = Math.min(videoWidth, videoHeight);
    if (context === null || side === 0) return undefined;
    canvas.width = canvas.height = Math.min(edge, side);
    const left = (videoWidth - side) / 2;
    const top = (videoHeight - side) / 2;
    context.drawImage(video, left, top, side, side, 0, 0, canvas.width, canvas.height);
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}
