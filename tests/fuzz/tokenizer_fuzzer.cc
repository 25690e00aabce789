// Vocabularies (cli/vocabulary_files.h): the first byte of an input says which of the files it is.
// What is read becomes a tokenizer, which encodes a text and decodes it again.
#include <string>
#include <vector>

#include "cli/vocabulary_files.h"
#include "fuzz/scratch_folder.h"
#include "fuzz/target.h"
#include "text/tokenizer.h"

namespace sotto::fuzz {
namespace {

constexpr const char* kFiles[] = {"tokenizer.json", "vocabulary.json", "vocabulary.txt",
                                  "vocab.json", "gpt2.tiktoken"};
// The smallest vocabulary of Whisper's form: 256 ordinary tokens. Twice as many tokens make one of
// the next size.
constexpr int kSmallestVocabulary = 1864;

void check_tokenizer(const std::vector<std::string>& vocabulary) {
  const int more = vocabulary.size() > 256 ? static_cast<int>(vocabulary.size() % 512) : 0;
  const Result<Tokenizer> tokenizer = Tokenizer::create(vocabulary, kSmallestVocabulary + more);
  require(tokenizer.ok() || !tokenizer.status().message().empty(), "an error has a message");
  if (!tokenizer.ok()) return;
  const std::string text = " Ask not what \xE2\x99\xAA your country can do, 123.";
  const std::vector<int> tokens = tokenizer->encode(text);
  require(tokenizer->decode(tokens) == text, "what is decoded is what was encoded");
  StreamDecoder decoder(tokenizer.value());
  std::string streamed;
  for (const int token : tokens) streamed += decoder.push(token);
  require(streamed + decoder.finish() == text, "a text comes whole in pieces, too");
  require(!tokenizer->non_speech_tokens().empty(), "some symbols are not speech");
}

}  // namespace

bool run_tokenizer(Input input) {
  if (input.empty()) return false;
  static const ScratchFolder folder;
  const char* name = kFiles[input[0] % std::size(kFiles)];
  folder.write(name, input.subspan(1));
  const Result<std::vector<std::string>> vocabulary = read_vocabulary(folder.path());
  folder.remove(name);
  require(vocabulary.ok() || !vocabulary.status().message().empty(), "an error has a message");
  if (!vocabulary.ok()) return false;
  require(!vocabulary->empty(), "a vocabulary has tokens");
  check_tokenizer(vocabulary.value());
  return true;
}

}  // namespace sotto::fuzz

SOTTO_FUZZ_TARGET(tokenizer)
