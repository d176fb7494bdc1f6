/**
 * Which certificate may call which method, and who may stand behind the call (SR-67, SR-68), written by hand from the
 * contracts. A method that an app serves and that is not listed here fails the test, and so does a line that none serves.
 *
 * app:     which serves it; `none` for a method that has only been agreed on.
 * callers: those of the certificates `auth`, `profile`, `mfa`, `device`, `admin`, `tools`, `ops`, `notification`, `audit`, `payments` that may; `-` for none.
 * behind:  `-` where the caller decides by itself, else the people whose forwarded token is taken, of `customer`, `support`,
 *          `compliance`, `admin`, `enrolment`.
 */
export const rpcTable = `
app      method                                        callers                              behind
auth     bank.user.v1.UserService/GetUser              device admin tools                   -
auth     bank.user.v1.UserService/BatchGetUsers        profile mfa admin tools              -
auth     bank.user.v1.UserService/GetContact           notification                         -
auth     bank.user.v1.UserService/DescribeContact      mfa                                  -
auth     bank.user.v1.UserService/WatchUsers           tools                                -
auth     bank.user.v1.UserService/LookupUser           admin                                support compliance admin
auth     bank.user.v1.UserService/ViewUser             admin                                support compliance admin
auth     bank.user.v1.UserService/SetUserStatus        admin                                support compliance admin
auth     bank.user.v1.UserService/SetRoles             admin                                admin
auth     bank.user.v1.UserService/ResendVerification   admin                                support admin
auth     bank.user.v1.UserService/PrepareInvitation    admin                                admin
auth     bank.user.v1.UserService/ViewInvitation       admin                                admin
auth     bank.user.v1.UserService/InviteStaff          admin                                admin
auth     bank.user.v1.UserService/CreateFirstAdmin     ops                                  -
auth     bank.user.v1.UserService/ImportUsers          ops                                  -
auth     bank.user.v1.UserService/ExportUsers          ops                                  -
auth     bank.auth.v1.AuthService/IntrospectToken      tools                                -
auth     bank.auth.v1.AuthService/ListPublicKeys       profile mfa device admin             -
auth     bank.auth.v1.AuthService/ListRevocations      profile mfa device admin tools       -
auth     bank.auth.v1.AuthService/RevokeSessions       device                               customer
auth     bank.auth.v1.AuthService/RevokeSessions       admin                                support compliance admin
auth     bank.auth.v1.AuthService/ConsumeTransactionToken  payments                         customer
auth     bank.auth.v1.AuthService/ListSessions         admin                                support compliance admin
auth     bank.auth.v1.AuthService/StartPasswordReset   admin                                support admin
auth     bank.auth.v1.AuthService/SignApproval         admin                                support compliance admin
auth     bank.auth.v1.AuthService/ListSigningKeys      ops                                  -
auth     bank.auth.v1.AuthService/RotateSigningKey     ops                                  -
auth     bank.auth.v1.AuthService/RevokeSigningKey     ops                                  -
auth     bank.auth.v1.AuthService/FindRecovery         admin                                support admin
auth     bank.auth.v1.AuthService/ApproveRecovery      admin                                admin
profile  bank.profile.v1.ProfileService/GetProfile        tools                             -
profile  bank.profile.v1.ProfileService/BatchGetProfiles  auth tools                        -
profile  bank.profile.v1.ProfileService/ViewProfile       admin                             support compliance admin
profile  bank.profile.v1.ProfileService/GetSettings       auth tools                        -
profile  bank.profile.v1.ProfileService/ListChangeRequests   admin                          compliance
profile  bank.profile.v1.ProfileService/ViewChangeRequest    admin                          compliance
profile  bank.profile.v1.ProfileService/DecideChangeRequest  admin                          compliance
profile  bank.profile.v1.ProfileService/SearchProfiles    admin                             support compliance admin
profile  bank.profile.v1.ProfileService/GetKycStatus      tools                             -
profile  bank.profile.v1.ProfileService/ListKycCases      admin                             compliance
profile  bank.profile.v1.ProfileService/ClaimKycCase      admin                             compliance
profile  bank.profile.v1.ProfileService/GetKycDocument    admin                             compliance
profile  bank.profile.v1.ProfileService/DecideKycCase     admin                             compliance
mfa      bank.mfa.v1.MfaService/ListFactors            auth                                 -
mfa      bank.mfa.v1.MfaService/StartChallenge         auth                                 -
mfa      bank.mfa.v1.MfaService/VerifyChallenge        auth                                 -
mfa      bank.mfa.v1.MfaService/StartPasskeySignIn     auth                                 -
mfa      bank.mfa.v1.MfaService/VerifyPasskeySignIn    auth                                 -
mfa      bank.mfa.v1.MfaService/RemoveFactors          auth                                 -
mfa      bank.mfa.v1.MfaService/CheckFactorChange      auth                                 customer support compliance admin
mfa      bank.mfa.v1.MfaService/CheckFactorChange      device                               customer
mfa      bank.mfa.v1.MfaService/ResetFactors           admin                                admin
device   bank.device.v1.DeviceService/AssessSignIn     auth                                 -
device   bank.device.v1.DeviceService/StartKeyApproval   auth                               -
device   bank.device.v1.DeviceService/VerifyKeyApproval  auth                               -
device   bank.device.v1.DeviceService/ListDevices      admin                                support compliance admin
device   bank.device.v1.DeviceService/RevokeDevice     admin                                support compliance admin
admin    bank.admin.v1.AdminService/RecordAudit        tools                                -
admin    bank.admin.v1.AdminService/SearchAudit        -                                    -
auth     bank.data_rights.v1.DataRightsService/ExportUserData  profile                       -
auth     bank.data_rights.v1.DataRightsService/EraseUser       profile ops                   -
profile  bank.data_rights.v1.DataRightsService/ExportUserData  profile                       -
profile  bank.data_rights.v1.DataRightsService/EraseUser       profile ops                   -
mfa      bank.data_rights.v1.DataRightsService/ExportUserData  profile                       -
mfa      bank.data_rights.v1.DataRightsService/EraseUser       profile ops                   -
device   bank.data_rights.v1.DataRightsService/ExportUserData  profile                       -
device   bank.data_rights.v1.DataRightsService/EraseUser       profile ops                   -
admin    bank.data_rights.v1.DataRightsService/ExportUserData  profile                       -
admin    bank.data_rights.v1.DataRightsService/EraseUser       profile ops                   -
`;
