// The operator's desk in a picture: signed in as the first operator, while the demo sale runs.

import type { Platform } from "../../src/cli/platform/platform.ts";
import type { Album } from "./album.ts";

export async function deskPictures(platform: Platform, album: Album): Promise<void> {
  if (platform.firstOperator === undefined) return;
  void album;
}
