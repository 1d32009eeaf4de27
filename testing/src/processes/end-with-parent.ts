/** Loaded into a program by `node --import`: ends it when its parent has ended, even by SIGKILL. Needs an IPC channel. */
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
