//! What the tests across crates share: finding the binaries, copying the sample workspace, starting servers.
