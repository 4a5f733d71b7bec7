/** What programs keep open between their runs: a worker that has started once serves all models and tests of a command. */

export interface Session {
  close(): Promise<void>;
}

export interface Sessions {
  /** The session of this name, opened when it is first asked for. One that cannot be opened is tried again. */
  get<T extends Session>(name: string, open: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createSessions(): Sessions {
  const opened = new Map<string, Promise<Session>>();
  return {
    get<T extends Session>(name: string, open: () => Promise<T>): Promise<T> {
      const known = opened.get(name);
      if (known) return known as Promise<T>;
      const session = open();
      opened.set(name, session);
      session.catch(() => opened.delete(name));
      return session;
    },
    async close() {
      const sessions = [...opened.values()];
      opened.clear();
      await Promise.allSettled(sessions.map(async (session) => (await session).close()));
    },
  };
}
