export { DeliveryError, type EmailMessage, type MessageProvider } from '#providers/message-provider.ts';
export { createSmtpProvider, type SmtpOptions } from '#providers/smtp-provider.ts';
export { ParameterError } from '#templates/parameters.ts';
export { type RenderedEmail, type RenderInput, renderEmail } from '#templates/render.ts';
export { isTemplateName, messageOf, type TemplateName, type TemplateValues, templates } from '#templates/templates.ts';
