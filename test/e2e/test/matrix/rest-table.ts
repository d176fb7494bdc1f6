/**
 * Who may ask for what (SR-65), written by hand from the contracts. A route that is served and not listed here fails the
 * test, and so does a line that no route answers to.
 *
 * door: where the gateway lets it through: `public`, `staff`, `both`, or `none` (an app's own port alone).
 *       What answers at both may still know other clients at each: activations and the console belong to the staff's.
 * who:  `anyone`, or those of `customer`, `support`, `compliance`, `admin`, `enrolment` who may; `signed` is for whoever
 *       has the key of a provider or the link to a file, which nobody here has. Where a token is asked for, those of staff
 *       and of their enrolment open what they open at the staff's listener alone.
 */
export const restTable = `
route                                           door    who
GET    /.well-known/jwks.json                   public  anyone
GET    /authorize                               none    anyone
POST   /authorize                               none    anyone
PUT    /authorize                               none    anyone
PATCH  /authorize                               none    anyone
DELETE /authorize                               none    anyone
OPTIONS /authorize                              none    anyone

POST   /v1/auth/register                        both    anyone
POST   /v1/auth/register/verify                 both    anyone
POST   /v1/auth/register/resend                 both    anyone
POST   /v1/auth/activate                        both    anyone
POST   /v1/auth/login                           both    anyone
POST   /v1/auth/login/challenge                 both    anyone
POST   /v1/auth/login/verify                    both    anyone
POST   /v1/auth/passkey/options                 both    anyone
POST   /v1/auth/passkey/verify                  both    anyone
POST   /v1/auth/token/refresh                   both    anyone
POST   /v1/auth/logout                          both    customer support compliance admin enrolment
POST   /v1/auth/logout-all                      both    customer support compliance admin
POST   /v1/auth/logout-others                   both    customer support compliance admin
GET    /v1/auth/session                         both    customer support compliance admin enrolment
GET    /v1/auth/sessions                        both    customer support compliance admin
DELETE /v1/auth/sessions/{id}                   both    customer support compliance admin
GET    /v1/auth/me                              both    customer support compliance admin
POST   /v1/auth/step-up/challenge               both    customer support compliance admin
POST   /v1/auth/step-up/verify                  both    customer support compliance admin
POST   /v1/auth/password/forgot                 both    anyone
POST   /v1/auth/password/reset                  both    anyone
POST   /v1/auth/password/change                 both    customer support compliance admin
POST   /v1/auth/recovery                        both    anyone
POST   /v1/auth/recovery/complete               both    anyone
POST   /v1/auth/recovery/cancel                 both    anyone
POST   /v1/auth/email/change                    both    customer support compliance admin
POST   /v1/auth/email/verify                    both    customer support compliance admin
POST   /v1/auth/email/revert                    both    anyone
POST   /v1/auth/phone/change                    both    customer support compliance admin
POST   /v1/auth/phone/verify                    both    customer support compliance admin
POST   /v1/auth/phone/resend                    both    customer support compliance admin

POST   /v1/webhooks/twilio                      public  signed
POST   /v1/webhooks/sendgrid                    public  signed
POST   /v1/webhooks/kyc                         public  signed

GET    /v1/profile                              public  customer
PATCH  /v1/profile                              public  customer
GET    /v1/settings                             public  customer
PATCH  /v1/settings                             public  customer
GET    /v1/settings/consents                    public  customer
POST   /v1/settings/consents                    public  customer
PUT    /v1/profile/addresses/{type}             public  customer
DELETE /v1/profile/addresses/{type}             public  customer
GET    /v1/profile/change-requests              public  customer
POST   /v1/profile/change-requests              public  customer
GET    /v1/profile/change-requests/{id}         public  customer
POST   /v1/profile/change-requests/{id}/withdraw  public  customer
GET    /v1/profile/avatar                       public  customer
POST   /v1/profile/avatar                       public  customer
POST   /v1/profile/avatar/complete              public  customer
DELETE /v1/profile/avatar                       public  customer
GET    /v1/files/{id}                           public  signed
PUT    /v1/files/objects/{key}                  public  signed
GET    /authorize-upload                        none    signed
GET    /v1/profile/banks                        public  customer
GET    /v1/profile/bank-accounts                public  customer
POST   /v1/profile/bank-accounts                public  customer
POST   /v1/profile/bank-accounts/{id}/default   public  customer
DELETE /v1/profile/bank-accounts/{id}           public  customer
GET    /v1/profile/biller-categories            public  customer
GET    /v1/profile/billers                      public  customer
GET    /v1/profile/biller-items                 public  customer
GET    /v1/profile/biller-accounts              public  customer
POST   /v1/profile/biller-accounts              public  customer
DELETE /v1/profile/biller-accounts/{id}         public  customer

GET    /v1/kyc                                  public  customer
POST   /v1/kyc/documents                        public  customer
POST   /v1/kyc/documents/{id}/complete          public  customer
POST   /v1/kyc/submissions                      public  customer

GET    /v1/mfa/factors                          both    customer support compliance admin enrolment
GET    /v1/mfa/factors/{id}                     both    customer support compliance admin
PATCH  /v1/mfa/factors/{id}                     both    customer support compliance admin
DELETE /v1/mfa/factors/{id}                     both    customer support compliance admin
POST   /v1/mfa/totp                             both    customer support compliance admin enrolment
POST   /v1/mfa/totp/{id}/confirm                both    customer support compliance admin enrolment
POST   /v1/mfa/webauthn/options                 both    customer support compliance admin enrolment
POST   /v1/mfa/webauthn                         both    customer support compliance admin enrolment
POST   /v1/mfa/sms                              both    customer
POST   /v1/mfa/sms/{id}/confirm                 both    customer
POST   /v1/mfa/email                            both    customer
POST   /v1/mfa/email/{id}/confirm               both    customer
POST   /v1/mfa/recovery-codes                   both    customer

GET    /v1/devices                              public  customer
GET    /v1/devices/sign-ins                     public  customer
GET    /v1/devices/{id}                         public  customer
PATCH  /v1/devices/{id}                         public  customer
DELETE /v1/devices/{id}                         public  customer
POST   /v1/devices/{id}/trust                   public  customer
POST   /v1/devices/{id}/untrust                 public  customer
POST   /v1/devices/{id}/key/challenge           public  customer
PUT    /v1/devices/{id}/key                     public  customer
DELETE /v1/devices/{id}/key                     public  customer

GET    /v1/admin/audit                          staff   compliance admin
GET    /v1/admin/audit/verify                   staff   compliance admin
GET    /v1/admin/approvals                      staff   support compliance admin
GET    /v1/admin/approvals/{id}                 staff   support compliance admin
POST   /v1/admin/approvals/{id}/unmask          staff   compliance admin
POST   /v1/admin/approvals/{id}/approve         staff   compliance admin
POST   /v1/admin/approvals/{id}/reject          staff   compliance admin
GET    /v1/admin/change-requests                staff   compliance
GET    /v1/admin/users/{id}/change-requests/{requestId}  staff   compliance
POST   /v1/admin/users/{id}/change-requests/{requestId}/approve  staff   compliance
POST   /v1/admin/users/{id}/change-requests/{requestId}/reject   staff   compliance
GET    /v1/admin/kyc/cases                      staff   compliance
POST   /v1/admin/kyc/cases/{id}/claim           staff   compliance
POST   /v1/admin/kyc/cases/{id}/approve         staff   compliance
POST   /v1/admin/kyc/cases/{id}/reject          staff   compliance
POST   /v1/admin/kyc/cases/{id}/request-info    staff   compliance
POST   /v1/admin/kyc/cases/{id}/unmask          staff   compliance
GET    /v1/admin/kyc/cases/{id}/documents/{documentId}  staff  compliance
GET    /v1/admin/kyc/cases/{id}/documents/{documentId}/particulars  staff  compliance
POST   /v1/admin/invitations                    staff   admin
POST   /v1/admin/users/search                   staff   support compliance admin
GET    /v1/admin/users/{id}                     staff   support compliance admin
POST   /v1/admin/users/{id}/unmask              staff   compliance
POST   /v1/admin/users/{id}/lock                staff   support compliance admin
POST   /v1/admin/users/{id}/unlock              staff   support compliance admin
POST   /v1/admin/users/{id}/suspend             staff   compliance admin
POST   /v1/admin/users/{id}/reinstate           staff   compliance admin
POST   /v1/admin/users/{id}/close               staff   compliance admin
POST   /v1/admin/users/{id}/reset-mfa           staff   support admin
POST   /v1/admin/users/{id}/recover             staff   support admin
PUT    /v1/admin/users/{id}/roles               staff   admin
POST   /v1/admin/users/{id}/sign-out            staff   support compliance admin
POST   /v1/admin/users/{id}/start-password-reset  staff   support admin
POST   /v1/admin/users/{id}/resend-verification staff   support admin
`;
