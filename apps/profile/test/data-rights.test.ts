import { request, testDataRights } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { dataRights } from '#storage/data-rights.ts';
import { givenProfile, profileApp } from './profile-app.ts';

const app = profileApp();

testDataRights(app, dataRights, async () => {
  const { userId, token } = await givenProfile(app);
  const word = (name: string) =>
    `${name} ${uuidv7()
      .slice(-12)
      .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')}`;
  const [givenName, preferredName, occupation] = [word('Ada'), word('Lady'), word('Countess')];
  const body = { givenName, preferredName, occupation };
  const patched = await request(app.service, 'PATCH', '/v1/profile', { token, headers: { 'if-match': '"1"' }, body });
  if (patched.status !== 200)
    throw new Error(`the profile answered ${patched.status}: ${JSON.stringify(patched.body)}`);
  return { userId, given: [preferredName, occupation], kept: [givenName] };
});
