export { isFromSendgrid, readSendgridKey } from '#callbacks/sendgrid-signature.ts';
export { isFromTwilio } from '#callbacks/twilio-signature.ts';
export {
  type ChainOptions,
  createProviderChain,
  type ProviderChain,
} from '#chain/provider-chain.ts';
export {
  DeliveryError,
  type EmailMessage,
  type MessageProvider,
  type SmsMessage,
} from '#providers/message-provider.ts';
export { createSendgridProvider, type SendgridOptions } from '#providers/sendgrid/sendgrid-provider.ts';
export { createSmtpProvider, type SmtpOptions } from '#providers/smtp/smtp-provider.ts';
export { createTwilioProvider, type TwilioOptions } from '#providers/twilio/twilio-provider.ts';
export { createTwilioVerifyProvider, type TwilioVerifyOptions } from '#providers/twilio/twilio-verify-provider.ts';
export { categoryOf } from '#templates/categories.ts';
export { ParameterError } from '#templates/parameters.ts';
export { type RenderedEmail, type RenderInput, renderEmail } from '#templates/render.ts';
export { renderSms } from '#templates/render-sms.ts';
export { isSmsTemplateName, type SmsTemplateName, smsOf } from '#templates/sms-templates.ts';
export { isTemplateName, messageOf, type TemplateName, type TemplateValues, templates } from '#templates/templates.ts';
