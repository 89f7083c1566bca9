import type { Message, Point } from './contract';
import { NOTHING, take, takeHistory, type Live } from './live';

export type Link = 'connecting' | 'live' | 'reconnecting';

export interface View {
  readonly live: Live;
  readonly link: Link;
  /** When the last message came, by this machine's clock. */
  readonly heardAt: number | null;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
/** Ticks come each second also when idle, so this long a silence is a dead connection. */
const SILENCE = 6_000;

/** Exponential with jitter, so that many pages do not return in the same instant. */
export function backOff(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(attempt, 10));
  return full * (0.5 + random / 2);
}

/** A message cut short on its way counts as a gap: the next snapshot mends it. */
function parse(text: string): Message | null {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return null;
  }
}

/** The page's one source: the orchestrator's WebSocket, kept open, as an external store for React. */
export class Feed {
  #view: View = { live: NOTHING, link: 'connecting', heardAt: null };
  readonly #listeners = new Set<() => void>();
  readonly #url: string;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  readonly view = (): View => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  open(): void {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#listenForSilence();
    socket.addEventListener('message', (event) => {
      if (socket === this.#socket && typeof event.data === 'string') this.#heard(event.data);
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#again();
    });
  }

  /** Reconnects now, if it is waiting to: the machine woke up or the network came back. */
  nudge(): void {
    if (this.#socket === null) this.open();
  }

  history(runId: string, points: readonly Point[]): void {
    this.#show({ ...this.#view, live: takeHistory(this.#view.live, runId, points) });
  }

  #heard(text: string): void {
    this.#listenForSilence();
    const message = parse(text);
    const taken = message === null ? { gap: true as const } : take(this.#view.live, message);
    if (taken.gap) {
      this.#again();
      return;
    }
    this.#attempt = 0;
    this.#show({ live: taken.live, link: 'live', heardAt: Date.now() });
  }

  #again(): void {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    const link = this.#view.heardAt === null ? 'connecting' : 'reconnecting';
    this.#show({ ...this.#view, live: { ...this.#view.live, seq: null }, link });
    this.#timer = setTimeout(() => this.open(), backOff(this.#attempt++, Math.random()));
  }

  #listenForSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#again(), SILENCE);
  }

  #show(view: View): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}
