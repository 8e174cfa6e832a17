// Node loads this before the loader of tap (`--require` comes before `--import`).

// Tap notes each file that a process loads, and parses its source map. Without those of the packages, a process starts in
// half the time. The first file has to stay: with it, tap starts to count. Tap overwrites an entry `test-env` in .taprc.
process.env._TAPJS_PROCESSINFO_EXCLUDE_ = String(/[\\/]node_modules[\\/](?!@tapjs[\\/]typescript[\\/])|[\\/]\.tap[\\/]|^(node|tapmock):/)
