#include "engine.h"

#include <utility>

#include "base/clock.h"
#include "engine/alignment_heads.h"
#include "engine/engine_impl.h"
#include "engine/options.h"
#include "engine/prompt.h"
#include "engine/session_impl.h"

namespace sotto {

Engine::Engine() = default;
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::load(ByteSource& source, const EngineOptions& options) {
  const double begin_ms = now_ms();
  SOTTO_ASSIGN(ModelFile file, open_model(source));
  WeightOptions weight_options;
  weight_options.on_progress = options.on_progress;
  weight_options.q8 = options.precision != Precision::kF32;
  weight_options.keep_packed = options.keep_packed;
  SOTTO_ASSIGN(Tokenizer tokenizer,
               Tokenizer::create(std::move(file.header.vocabulary), file.header.hp.n_vocab));
  SOTTO_ASSIGN(Weights weights, load_weights(source, file, weight_options));

  std::unique_ptr<Engine> engine(new Engine());
  engine->impl_ = std::make_unique<Impl>(std::move(weights), std::move(tokenizer), options.threads);
  Impl& impl = *engine->impl_;
  impl.info.hp = impl.weights.hp;
  impl.info.multilingual = impl.tokenizer.special().multilingual;
  impl.info.precision = impl.weights.is_q8 ? Precision::kQ8 : Precision::kF32;
  impl.info.weights_bytes = impl.weights.used_bytes();
  impl.non_speech_tokens = file.header.suppressed_tokens.empty()
                               ? impl.tokenizer.non_speech_tokens()
                               : std::move(file.header.suppressed_tokens);
  impl.alignment_heads = alignment_heads(file.header);
  impl.q8_attention = impl.weights.is_q8 && options.attention == Precision::kQ8;
  SOTTO_ASSIGN(impl.idle_workspace, Workspace::create(impl.weights, impl.q8_attention, impl.pool));
  impl.load_begin_ms = begin_ms;
  impl.load_end_ms = now_ms();
  return engine;
}

const ModelInfo& Engine::info() const { return impl_->info; }
const Tokenizer& Engine::tokenizer() const { return impl_->tokenizer; }
int Engine::threads() const { return impl_->pool.workers(); }

Status Engine::load_vad(ByteSource& source) {
  // Sessions may be reading the others.
  if (impl_->silero) return Status(Code::kBadState, "load_vad: weights were already loaded");
  SOTTO_ASSIGN(impl_->silero, Silero::load(source));
  return {};
}

Result<std::unique_ptr<Session>> Engine::new_session(const SessionOptions& options) {
  SOTTO_TRY(validate_options(options, impl_->info.hp));
  SOTTO_ASSIGN(PromptParts prompt,
               make_prompt_parts(impl_->tokenizer, options, impl_->info.hp.n_text_ctx));
  SOTTO_ASSIGN(std::unique_ptr<Workspace> workspace, impl_->borrow_workspace());
  std::unique_ptr<Session> session(new Session());
  session->impl_ =
      std::make_unique<Session::Impl>(*impl_, std::move(workspace), options, std::move(prompt));
  if (options.batch_size > 1) SOTTO_TRY(session->impl_->make_batch());
  SOTTO_TRY(session->impl_->listen());
  return session;
}

}  // namespace sotto
