// Debian packages that are unpacked into the project, pinned. All are of one release, so that the
// programs among them run on that release's own C library, whatever the machine's is.

export const kSuite = 'trixie';

const deb = (name, version, arch, sha256) => ({ name, version, arch, sha256 });

/** The compiler: Emscripten, Binaryen, LLVM. */
export const kToolchainDebs = [
  deb(
    'emscripten',
    '3.1.69+dfsg-3',
    'all',
    'd2ac788b952c56ab6736b4db2ac0825aa63cfb4c08b8abaefe19e324779d1b2d',
  ),
  deb(
    'node-acorn',
    '8.8.1+ds+~cs25.17.7-2',
    'all',
    '5c6814cf6536892b3a93cc72a0a3792beb0d3f6be3d69f499ca7d764583479a9',
  ),
  deb(
    'binaryen',
    '120-4',
    'amd64',
    '47be56009e56170f4338a0154fbff2028bd607bc3c8b6a5414658a985bef6470',
  ),
  deb(
    'clang-19',
    '1:19.1.7-3+b1',
    'amd64',
    'bbb74458d782b7792b61b0eed92746df5e6d033778c045cf8c2b3835b7c4efc4',
  ),
  deb(
    'libclang-common-19-dev',
    '1:19.1.7-3+b1',
    'amd64',
    '4018e40e2d4144fe38c45822e68cca63c1bf6c7872c3073ebb262ad4b2f9b8bc',
  ),
  deb(
    'libclang-cpp19',
    '1:19.1.7-3+b1',
    'amd64',
    'a7d2b6df51050834f6ea5c0d5e34869c2298b0bcdaa91eff17ba3db2cd545c47',
  ),
  deb(
    'libllvm19',
    '1:19.1.7-3+b1',
    'amd64',
    'db0d614d61345ca710fb73e75105f1ec6e38898fa7b3aa99fa7eb7d8b0a11d57',
  ),
  deb(
    'lld-19',
    '1:19.1.7-3+b1',
    'amd64',
    '756a805e8811d527dd2b5417f016c9342b8631fa9c1ddcd56265c13ae33bf3a4',
  ),
  deb(
    'llvm-19',
    '1:19.1.7-3+b1',
    'amd64',
    '0b1b7263f4f45e261099240fdbf00fc14b42b88410fd829e041bf83ea45866cb',
  ),
  deb(
    'clang-format-19',
    '1:19.1.7-3+b1',
    'amd64',
    '25c849491d8cddc1d65e6f5f67d188a4406c5cdb8c78c490bef08c9477a4e150',
  ),
];

/** The shared libraries these programs need, the C library and its loader among them. */
export const kRuntimeDebs = [
  deb(
    'libc6',
    '2.41-12+deb13u4',
    'amd64',
    '967aa62605721081c3eb2a17650611a792aa802d76a6511d1840242623d204c9',
  ),
  deb(
    'libgcc-s1',
    '14.2.0-19',
    'amd64',
    '3c71917b490d1a17aed43196a2787a256ecf060526cdb20216a74bedc061b150',
  ),
  deb(
    'libstdc++6',
    '14.2.0-19',
    'amd64',
    'ab1fa05837aa7a92aae748fd07a18a35f7d18bb4a71c4724fe2bbf0e32089de0',
  ),
  deb(
    'libffi8',
    '3.4.8-2',
    'amd64',
    '0ebdc340de33333639c3c63874cd4b15ac2e83dfa1ef3053b7eefaf4919f4f68',
  ),
  deb(
    'libedit2',
    '3.1-20250104-1',
    'amd64',
    'b002ea172b9c1e34a67bc497c523c67bb74c3f0a4e98113cb083990a1f1d3bfe',
  ),
  deb(
    'libbsd0',
    '0.12.2-2',
    'amd64',
    'e5a85986fa6bec3307ab1bc860736b478b331882bc45e17675a7bdf88eecb43a',
  ),
  deb(
    'libmd0',
    '1.1.0-2+b1',
    'amd64',
    '7244ec3839b61fac0c1884fe08aaa040f26e8f1f35f1f5d3482eacefd30d1b44',
  ),
  deb(
    'libtinfo6',
    '6.5+20250216-2',
    'amd64',
    '8b9f6a7983e9418564e48a627518de4c03917b56efe68d7f3e93bd8fffa1cc10',
  ),
  deb(
    'libxml2',
    '2.12.7+dfsg+really2.9.14-2.1+deb13u3',
    'amd64',
    'e0c6b63ce4602a036a526f60fe5e6c1586710688058d98fc1001b9b3147b7efd',
  ),
  deb(
    'libicu76',
    '76.1-4',
    'amd64',
    'c1bf762996de9ecba9b9d871e4928a8090f023a3e9e7fa3240b3d90f892a01dc',
  ),
  deb(
    'liblzma5',
    '5.8.1-1+deb13u1',
    'amd64',
    '1cfcc6e0dc36f438a79b6e2189facdb9d150b08f57d190a60e01c98075c7f896',
  ),
  deb(
    'libz3-4',
    '4.13.3-1',
    'amd64',
    '71383373523ef62d47eccf660cf6535c3febcbb3f88e54cb7a43124014b57359',
  ),
  deb(
    'libzstd1',
    '1.5.7+dfsg-1',
    'amd64',
    '2f6a2aeacfc925eba8b00ac9139bc4bfccf8cacb09eb93de067074b26948eef9',
  ),
  deb(
    'zlib1g',
    '1:1.3.dfsg+really1.3.1-1+b1',
    'amd64',
    '015be740d6236ad114582dea500c1d907f29e16d6db00566ca32fb68d71ac90d',
  ),
];

// What fuzzers link runs on the machine's own C library, as libsndfile below does: of the older
// release, and the same version of LLVM as the compiler above.
export const kFuzzerSuite = 'bookworm';

/** libFuzzer and the sanitizers' runtime. */
export const kFuzzerDebs = [
  deb(
    'libclang-rt-19-dev',
    '1:19.1.7-3~deb12u1',
    'amd64',
    '872464dcd1aa3538e417e177f74a4c549b19313acaa1fe9465d32b936e9ef8eb',
  ),
];

/** Header-only C++ libraries. */
export const kHeaderDebs = [
  deb(
    'doctest-dev',
    '2.4.11-1',
    'all',
    'a41b0d152b707310f40c60658d44f1baf51451f094c3b3e6aaa7e077b3ee005e',
  ),
  deb(
    'nlohmann-json3-dev',
    '3.11.3-2.1',
    'all',
    '741a6a32f61a14eaf9560ba1814b27da8e78fa3b9bed9e8867ab46316ddf3793',
  ),
  deb(
    'libcli11-dev',
    '2.4.1+ds-2',
    'all',
    '3b44d5a1edc75b413b2dddfa81bcf7dac05dae8dae502e7d818d9c2b03392023',
  ),
  deb(
    'libsimde-dev',
    '0.8.2-3',
    'all',
    '277dcde3fb84223b7026174042646e236da42adce2fcb77031807ede8166a51e',
  ),
  deb(
    'libxxhash-dev',
    '0.8.3-2',
    'amd64',
    'c67517ebeb2f66cc4262dc476b4c7decc2b738a6d031e4869ca6bb726a75f645',
  ),
];

// libsndfile is linked into the native command, so it has to run on the machine's own C library:
// this older release's needs glibc 2.33 and runs on everything newer.
export const kSndfileSuite = 'bookworm';

/** libsndfile and the codecs it loads. */
export const kSndfileDebs = [
  deb(
    'libsndfile1-dev',
    '1.2.0-1+deb12u1',
    'amd64',
    '38c53a04054f6100bcb1a386778017daf435b19b08f8471f9c4b09383a7218be',
  ),
  deb(
    'libsndfile1',
    '1.2.0-1+deb12u1',
    'amd64',
    '02dc3f08fe8476e82e005f412e3b7289ff641180f33a9be8073f4bde61c85e8e',
  ),
  deb(
    'libflac12',
    '1.4.2+ds-2',
    'amd64',
    '4d8431c274eef13ec9ee2c0bf988c34b4342367dec053b7f69a432525be5b1fe',
  ),
  deb(
    'libmp3lame0',
    '3.100-6',
    'amd64',
    'b1292c749172e7623547ecf684da57d3ec6ca22109f08b11bbb9e6be6e6beb95',
  ),
  deb(
    'libmpg123-0',
    '1.31.2-1+deb12u1',
    'amd64',
    'a10ad0d59995b859797a5f20d2833672051d0b2c7dab4c71f2e79258b2e3f631',
  ),
  deb(
    'libogg0',
    '1.3.5-3',
    'amd64',
    'f67acb0477aed0354f411172e37af338f3ac6bd4f3766134a2cf5539884b5a28',
  ),
  deb(
    'libopus0',
    '1.3.1-3',
    'amd64',
    'c172e212f9039e741916aa8e12f3670d1e049dc0c16685325641288c2d83faa7',
  ),
  deb(
    'libvorbis0a',
    '1.3.7-1',
    'amd64',
    '01c14f9d1109650077a4c5c337c285476a6932d4d448f5a190c2b845724dbf21',
  ),
  deb(
    'libvorbisenc2',
    '1.3.7-1',
    'amd64',
    '75dd4d6f904c7db82f5112e60d8efea9e81dfedf94e970c5da7af2b3d81643c0',
  ),
];

// A browser draws by the machine's own libraries, so that it must not be newer than they are. What
// people run is the newest of its line, which is a security update.
export const kFirefoxSuite = 'bookworm-security';

/** Firefox, and what it needs that a machine with Chromium may lack. */
export const kFirefoxDebs = [
  deb(
    'firefox-esr',
    '153.7.0esr-1~deb12u1',
    'amd64',
    '0917dc903c50983f9d8650308f2df2daccc5d8caa95b74c5bf0609338e7cf85c',
  ),
  deb(
    'libvpx7',
    '1.12.0-1+deb12u5',
    'amd64',
    '7d8fada67fc9e11a08304499fe5beb7f809194d284202b9c9f1a0b8e54b90db4',
  ),
];
